import { CARRIES, carrying, EMPTY } from "../../carried.ts";
import { targetOf } from "../../hosts.ts";
import { quote } from "../../inspection.ts";
import { flagged, operands, optionValues } from "../session.ts";
import type { Command, Rule, Session, Value } from "../session.ts";
import { deletesFile, deletesFolder } from "../../files.ts";

/** git: what is lost, what leaves, what is run. Ordinary work on branches and commits is none of it. */

const READS =
  /^(?:status|diff|log|show|blame|grep|ls-files|ls-tree|ls-remote|rev-parse|rev-list|describe|shortlog|cat-file|reflog|help|version|name-rev|merge-base|whatchanged|for-each-ref|show-ref|count-objects|check-ignore|var|fsck|cherry|range-diff)$/u;

const git: Rule = (command, session) => {
  const { args } = command;
  for (const { text } of optionValues(args, "-c")) configures(text, session);
  const words = operands(args, new Set(["-C", "-c", "--git-dir", "--work-tree", "--namespace"]));
  const verb = words[0]?.text ?? "status";
  const rest = args.slice(args.findIndex(({ text }) => text === verb) + 1);
  if (READS.test(verb) && !(verb === "reflog" && /^(?:expire|delete)$/u.test(rest[0]?.text ?? "")))
    return carrying(CARRIES.data);
  if (
    /^(?:remote|branch|tag|stash|worktree|config)$/u.test(verb) &&
    rest.every(({ text }) =>
      /^(?:-[avlr]+|--(?:list|all|show-current|verbose|get\S*)|list|show|get-url)$/u.test(text),
    )
  ) {
    return carrying(CARRIES.data);
  }
  session.inspection.writes();
  const lost = loses(verb, rest);
  if (lost !== null)
    session.inspection.find("destruction", lost.sure ? "high" : "low", lost.sentence);
  OTHERS[verb]?.({ ...command, args: rest }, session);
  return EMPTY;
};

interface Loss {
  readonly sure: boolean;
  readonly sentence: string;
}

/** Work that could not be got back, or only by somebody who knows how. */
function loses(verb: string, rest: readonly Value[]): Loss | null {
  const words = operands(rest).map(({ text }) => text);
  switch (verb) {
    case "push":
      if (rest.some(({ text }) => text.startsWith("--force-with-lease")))
        return { sure: false, sentence: "Would rewrite a branch on the remote." };
      if (flagged(rest, "f", "force", "mirror") || words.some((text) => text.startsWith("+")))
        return { sure: true, sentence: "Would overwrite a branch on the remote." };
      if (
        flagged(rest, "d", "delete", "prune") ||
        words.slice(1).some((text) => text.startsWith(":"))
      )
        return { sure: true, sentence: "Would delete a branch on the remote." };
      return null;
    case "reset":
      return flagged(rest, "", "hard")
        ? { sure: true, sentence: "Would throw away changes that are not committed." }
        : null;
    case "clean":
      return flagged(rest, "f", "force") && !flagged(rest, "n", "dry-run")
        ? {
            sure: flagged(rest, "dx"),
            sentence: "Would delete files that are not in the repository.",
          }
        : null;
    case "branch":
      return flagged(rest, "D")
        ? {
            sure: flagged(rest, "r"),
            sentence: `Would delete the branch ${quote(words[0] ?? "")}, merged or not.`,
          }
        : null;
    case "checkout":
    case "restore":
      if (verb === "restore" && flagged(rest, "S", "staged")) return null;
      return words.some((text) => /^(?:\.|:\/|\*)$/u.test(text)) ||
        (verb === "checkout" && flagged(rest, "f", "force"))
        ? { sure: false, sentence: "Would throw away changes that are not committed." }
        : null;
    case "stash":
      return /^(?:drop|clear)$/u.test(words[0] ?? "")
        ? { sure: words[0] === "clear", sentence: "Would throw away stashed changes." }
        : null;
    case "filter-branch":
    case "filter-repo":
      return { sure: true, sentence: "Would rewrite the history of the repository." };
    case "reflog":
    case "gc":
    case "prune":
    case "update-ref":
      return verb === "reflog" ||
        (verb === "gc" && flagged(rest, "", "prune")) ||
        (verb === "update-ref" && flagged(rest, "d"))
        ? { sure: true, sentence: "Would delete what could still be got back from the repository." }
        : null;
    case "tag":
      return flagged(rest, "d", "delete")
        ? { sure: false, sentence: `Would delete the tag ${quote(words[0] ?? "")}.` }
        : null;
    case "worktree":
      return words[0] === "remove" && flagged(rest, "f", "force")
        ? { sure: false, sentence: "Would delete a worktree." }
        : null;
    default:
      return null;
  }
}

const OTHERS: Readonly<Record<string, (command: Command, session: Session) => void>> = {
  push: ({ args }, session) => {
    const remote = operands(args, new Set(["-o", "--repo"]))[0]?.text ?? "origin";
    const named = /[:/@]/u.test(remote);
    session.inspection.find(
      "external_communication",
      "low",
      named ? `Would push to ${quote(targetOf(remote).host)}.` : `Would push to ${quote(remote)}.`,
    );
    if (named)
      session.inspection.find(
        "data_release",
        "low",
        `Would push to ${quote(targetOf(remote).host)}, a remote given by its address.`,
      );
  },
  config: ({ args }, session) => {
    const [key, ...value] = operands(args, new Set(["-f", "--file"])).map(({ text }) => text);
    if (key !== undefined && value.length > 0) configures(`${key}=${value.join(" ")}`, session);
  },
  remote: ({ args }, session) => {
    const words = operands(args).map(({ text }) => text);
    if (/^(?:add|set-url)$/u.test(words[0] ?? ""))
      session.inspection.find(
        "external_communication",
        "low",
        `Would name a remote at ${quote(targetOf(words[2] ?? "").host)}.`,
      );
  },
  rm: ({ args }, session) => {
    if (flagged(args, "", "cached")) return;
    for (const value of operands(args)) {
      if (flagged(args, "r")) deletesFolder(session.inspection, session.place(value));
      else deletesFile(session.inspection, session.place(value));
    }
  },
  bisect: ({ args }, session) => {
    if (args[0]?.text === "run") session.run(args.slice(1), EMPTY);
  },
  submodule: ({ args }, session) => {
    if (args[0]?.text === "foreach")
      session.script(
        operands(args.slice(1))
          .map(({ text }) => text)
          .join(" "),
      );
  },
  rebase: ({ args }, session) => {
    for (const { text } of optionValues(args, "-x", "--exec")) session.script(text);
  },
  "filter-branch": ({ args }, session) => {
    for (const { text } of optionValues(args, "--tree-filter", "--index-filter", "--msg-filter"))
      session.script(text);
  },
  credential: (_command, session) => {
    session.inspection.find("secret_access", "high", "Would ask git for a stored password.");
  },
};

/** Settings that make git run a command or trust less. */
function configures(text: string, session: Session): void {
  const [key = "", ...rest] = text.split("=");
  const value = rest.join("=");
  if (
    /^(?:core\.(?:sshcommand|pager|editor|fsmonitor|hookspath|gitproxy)|sequence\.editor|diff\.external|credential\.helper)$|^alias\.|\.(?:textconv|clean|smudge|cmd)$/iu.test(
      key,
    )
  ) {
    session.script(value.replace(/^!/u, ""));
    if (/hookspath|fsmonitor|sshcommand|gitproxy/iu.test(key))
      session.inspection.find("code_execution", "low", `Would let git run ${quote(value)}.`);
  }
  if (/^http(?:\..*)?\.sslverify$/iu.test(key) && /^(?:false|0|no)$/iu.test(value))
    session.inspection.find("privilege_change", "low", "Would let git trust any server.");
}

const GH_WRITES =
  /^(?:create|delete|edit|close|merge|comment|review|archive|rename|transfer|fork|sync|upload|set|remove|add|rerun|run|enable|disable|reopen|lock)$/u;

/** Command lines of code hosts. */
const gh: Rule = ({ name, args }, session) => {
  const words = operands(
    args,
    new Set([
      "-R",
      "--repo",
      "-H",
      "-f",
      "-F",
      "-b",
      "--body",
      "-t",
      "--title",
      "-X",
      "--method",
      "-q",
      "--jq",
    ]),
  ).map(({ text }) => text);
  const [topic = "", verb = ""] = words;
  const { inspection } = session;
  if (topic === "auth" && /^(?:token|git-credential)$/u.test(verb)) {
    inspection.find("secret_access", "high", `Would print the token of ${quote(name)}.`);
    return carrying(CARRIES.secret);
  }
  if (topic === "auth" && /^(?:login|refresh|setup-git)$/u.test(verb))
    inspection.find("privilege_change", "low", `Would change how ${quote(name)} signs in.`);
  const method = optionValues(args, "-X", "--method")[0]?.text.toUpperCase() ?? "GET";
  if (/^(?:delete|archive|transfer)$/u.test(verb) || method === "DELETE")
    inspection.find(
      "destruction",
      "high",
      `Would delete or give away: ${quote(words.slice(0, 3).join(" "))}.`,
    );
  else if (/^(?:secret|variable|ssh-key|gpg-key|deploy-key)$/u.test(topic) && GH_WRITES.test(verb))
    inspection.find("privilege_change", "high", `Would change ${quote(`${topic} ${verb}`)}.`);
  else if (GH_WRITES.test(verb) || (topic === "api" && method !== "GET")) {
    const opens =
      topic === "repo" &&
      (flagged(args, "", "public") ||
        optionValues(args, "--visibility").some(({ text }) => text === "public"));
    inspection.find(
      opens ? "data_release" : "external_communication",
      opens ? "high" : "low",
      `Would do ${quote(words.slice(0, 2).join(" "))} on the code host.`,
    );
    if (topic === "gist") inspection.find("data_release", "high", "Would publish files as a gist.");
  }
  return carrying(CARRIES.data);
};

export const GIT_RULES: readonly (readonly [string, Rule])[] = [
  ["git", git],
  ["gh", gh],
  ["glab", gh],
  ["hub", git],
];
