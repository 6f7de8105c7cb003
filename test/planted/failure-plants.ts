import type { Plant } from "./plant.ts";

/** Bugs that show only when an answer is lost or a process ends, each in other cells of the matrix. */
const tests = ["test/failures/failures.test.ts"];
const server = (name: string): string => `packages/server/src/${name}.ts`;
const sdk = (name: string): string => `packages/sdk/src/${name}.ts`;

export const failurePlants: readonly Plant[] = [
  {
    name: "answered-before-it-is-durable",
    stories: ["approved"],
    cells: "commit reported 1, killed_before",
    file: server("app/commit-once"),
    find: "    const result = await app.store.commit({ commandId, ...commit });\n",
    replace: `    const isEarly = commit.writes.some(
      (write) => write.kind === "entry" && write.draft.kind === "reported",
    );
    const pending = app.store.commit({ commandId, ...commit });
    if (isEarly) {
      pending.catch(() => undefined);
      return true;
    }
    const result = await pending;
`,
    tests,
    invariant: "I8: what is acknowledged is durable",
  },
  {
    name: "same-attempt-refused",
    stories: ["approved"],
    cells: "agent redeem 1, answer_(lost|cut)",
    file: server("domain/request/decide-redeem"),
    find: '  if (state.status === "running") return true; // a lapsed lease has already become indeterminate\n',
    replace: "",
    tests,
    invariant: "I1: the same attempt gets the same answer while its lease lives",
  },
  {
    name: "resent-submission-is-another-request",
    stories: ["allowed"],
    cells: "agent submit 1, answer_lost|commit submitted\\+redeemed 1, killed_after",
    file: server("app/submit-request"),
    find: "  if (used !== null) return replayed(app, used, fingerprint);\n",
    replace: `  const known = used === null ? null : await store.request(used.requestId ?? "");
  if (known?.status === "running") return trySubmit(app, { ...submit, key: \`\${key}+\` });
  if (used !== null) return replayed(app, used, fingerprint);
`,
    tests,
    invariant: "I14: the same key and content is the same request",
  },
  {
    name: "resent-decision-is-decided-again",
    stories: ["approved"],
    cells: "people reviews 1, answer_lost|commit reviewed\\+approved 1, killed_after",
    file: server("app/execute"),
    find: "  const record = await app.store.key(keyed.principal, keyed.key);\n  if (record === null) return null;\n",
    replace: `  const record = await app.store.key(keyed.principal, keyed.key);
  if (record?.fingerprint === keyed.fingerprint) {
    return refused("already_decided", "it was decided");
  }
  if (record === null) return null;
`,
    tests,
    invariant: "I14: a person's lost answer is not `your click changed nothing`",
  },
  {
    name: "lost-report-runs-it-again",
    stories: ["approved"],
    cells: "agent outcome 1, (request|answer)_lost",
    file: sdk("guard"),
    find: "        return runUnderLease(effect, { client, redeemed, signal, stopWithinMs, onReportLost });\n",
    replace: `        const outcome: Client["outcome"] = async (...sent) => {
          try {
            return await client.outcome(...sent);
          } catch (error) {
            await effect(new AbortController().signal);
            throw error;
          }
        };
        const again = { ...client, outcome };
        return runUnderLease(effect, {
          client: again,
          redeemed,
          signal,
          stopWithinMs,
          onReportLost,
        });
`,
    tests,
    invariant: "I1, T3: what ran is not run again since its report was lost",
  },
  {
    name: "wait-hears-only-of-later-changes",
    stories: ["approved"],
    cells: "commit reviewed\\+approved 1, killed_after|agent wait 1, answer_lost",
    file: server("edges/http/routes/requests"),
    find: "      return { value: answered(value), ...whetherDone(value, query.version, now) };",
    replace: `      const about = whetherDone(value, query.version, now);
      const done = about.done && value.version !== found.value.version;
      return { value: answered(value), ...about, done };`,
    tests,
    invariant: "T24: a decision made while nobody waited is not lost on who asks after it",
  },
  {
    name: "grant-lost-by-a-restart",
    stories: ["approved"],
    cells: "commit reviewed\\+approved 1, killed_after|agent redeem 1, server_killed_before",
    file: server("storage/sql/requests"),
    find: '  return row === undefined ? null : storedState(textOf(row, "state"));\n',
    replace: `  if (row === undefined) return null;
  const state = storedState(textOf(row, "state"));
  const upSince = Date.now() - process.uptime() * 1_000;
  const isFromBefore = state.grant !== null && state.grant.approvedAt < upSince;
  return isFromBefore && state.status === "approved" ? { ...state, grant: null } : state;
`,
    tests,
    invariant: "I8: an approval outlives the process that took it",
  },
];
