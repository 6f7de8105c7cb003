/** Commands of those who keep the registry and write policy. */
import { EXIT, STAGES } from "@haltpoint/protocol";
import type { CommandSpec, CommandTree, OptionSpec } from "./command.ts";
import { RIGHT_NAMES } from "./rights.ts";

const registry = () => import("./registry.ts");
const policy = () => import("./policy.ts");
const versions = () => import("./policy-versions.ts");

const ON_HOST: readonly OptionSpec[] = [
  { flags: "--host", about: "straight on this machine's store, recorded as the operator's doing" },
  { flags: "--config <file>", about: "with --host: the configuration (default haltpoint.yaml)" },
];
const EXPIRES: OptionSpec = {
  flags: "--expires <duration>",
  about: "how long it is valid: 8h, 90d",
};

const IDENTITY_OPTIONS: readonly OptionSpec[] = [
  { flags: "--owner <person>", about: "the person accountable for it" },
  { flags: "--type <type>", about: "agent, service_account, workload, bot (default agent)" },
  {
    flags: "--stage <stage>",
    about: "where it is in its life (default active)",
    choices: STAGES,
  },
  { flags: "--group <group>", about: "a group it is in; may be repeated", isList: true },
  {
    flags: "--label <name=value>",
    about: "what policy should know; may be repeated",
    isList: true,
  },
  {
    flags: "--may <action>",
    about: "the only actions it may ask for, `*` at the end; `anything` lifts it",
    isList: true,
  },
  {
    flags: "--acts-for-people <yes|no>",
    about: "whether each request must say on whose behalf",
    choices: ["yes", "no"],
  },
  {
    flags: "--assurance <assurance>",
    about: "mediated: only its enforcement point has the credential",
    choices: ["mediated", "cooperative"],
  },
  { flags: "--mode <mode>", about: "shadow: recorded, never held", choices: ["enforce", "shadow"] },
  { flags: "--reason <why>", about: "for whoever approves it, where the policy asks for somebody" },
];

const RIGHT: OptionSpec = {
  flags: "--right <right>",
  about: "a right beside reviewing and owning; may be repeated",
  isList: true,
};
const NAME: OptionSpec = { flags: "--name <name>", about: "for display; identifies nobody" };
const RIGHTS_TEXT = `Rights: ${RIGHT_NAMES.join(", ")}. Who reviews is said by the groups in the policy.`;

const tree = (spec: CommandSpec, subcommands?: readonly CommandTree[]): CommandTree =>
  subcommands === undefined ? { spec } : { spec, subcommands };

const withHost = (spec: CommandSpec): CommandTree => ({
  spec: { ...spec, options: [...(spec.options ?? []), ...ON_HOST] },
});

const IDENTITY = tree(
  {
    usage: "identity",
    purpose: "who acts: agents, services, bots, and their keys",
    examples: ["identity list"],
  },
  [
    withHost({
      usage: "add <id>",
      purpose: "register an identity",
      options: IDENTITY_OPTIONS,
      examples: ["identity add purchasing-agent --owner chen"],
      run: async (call) => (await registry()).addIdentity(call),
    }),
    withHost({
      usage: "list",
      purpose: "list identities and their valid keys",
      examples: ["identity list"],
      run: async (call) => (await registry()).listIdentities(call),
    }),
    withHost({
      usage: "set <id>",
      purpose: "change what is registered of an identity",
      options: IDENTITY_OPTIONS,
      examples: ["identity set purchasing-agent --stage suspended"],
      run: async (call) => (await registry()).setIdentity(call),
    }),
    tree(
      {
        usage: "key",
        purpose: "keys of an identity",
        examples: ["identity key add purchasing-agent"],
      },
      [
        withHost({
          usage: "add <id>",
          purpose: "make a key; it is shown this once",
          options: [EXPIRES],
          examples: ["identity key add purchasing-agent --expires 90d"],
          run: async (call) => (await registry()).addKey(call),
        }),
        withHost({
          usage: "revoke <id> <key>",
          purpose: "end a key at once",
          examples: ["identity key revoke purchasing-agent key_01JDABCDEFGHJKMNPQRSTVWXYZ"],
          run: async (call) => (await registry()).revokeKey(call),
        }),
      ],
    ),
  ],
);

const PERSON = tree({ usage: "person", purpose: "who decides", examples: ["person list"] }, [
  withHost({
    usage: "add <id>",
    purpose: "register a person",
    more: `${RIGHTS_TEXT}\nPrints a one-time link by which they get a passkey. The first person of all is made by the link that\n\`serve\` prints, or without signing in on the server's machine.`,
    options: [NAME, RIGHT],
    examples: ['person add ana --name "Ana" --right operator'],
    run: async (call) => (await registry()).addPerson(call),
  }),
  withHost({
    usage: "list",
    purpose: "list people and their rights",
    examples: ["person list"],
    run: async (call) => (await registry()).listPeople(call),
  }),
  withHost({
    usage: "set <id>",
    purpose: "change a person's name or rights, or disable them",
    more: RIGHTS_TEXT,
    options: [
      NAME,
      { ...RIGHT, about: "the rights from now on, `none` for none; may be repeated" },
      { flags: "--disable", about: "their approvals stop counting, they are signed in nowhere" },
      { flags: "--enable", about: "end that" },
    ],
    examples: ["person set bo --disable", "person set ana --right operator --right auditor"],
    run: async (call) => (await registry()).setPerson(call),
  }),
  withHost({
    usage: "recover <id>",
    purpose: "make a one-time link by which somebody gets a new passkey",
    more:
      "For who lost their last passkey. With --host also for the last operator: it takes being able\n" +
      "to write the store, and is recorded as the operator's doing.",
    options: [{ flags: "--reason <text>", about: "why, for the record (default: recovery)" }],
    examples: ['person recover ana --reason "lost laptop"', "person recover ana --host"],
    run: async (call) => (await registry()).recoverPerson(call),
  }),
]);

const ON_CALL = tree(
  { usage: "oncall", purpose: "who is on call", examples: ["oncall set sre --shift ana=now/12h"] },
  [
    withHost({
      usage: "set <roster>",
      purpose: "replace a roster's shifts",
      options: [
        {
          flags: "--shift <person=from/until>",
          about: "ana=now/12h or ana=2026-11-22T08:00Z/2026-11-22T20:00Z; may be repeated",
          isList: true,
        },
        { flags: "--nobody", about: "leave the roster empty" },
      ],
      examples: ["oncall set sre --shift ana=now/12h --shift bo=12h/12h"],
      run: async (call) => (await registry()).setOnCall(call),
    }),
  ],
);

export const REGISTRY: readonly CommandTree[] = [IDENTITY, PERSON, ON_CALL];

const PROPOSING: readonly OptionSpec[] = [
  { flags: "--yes", about: "without the question; needed where nobody can be asked" },
  { flags: "--reason <text>", about: "why, for whoever decides it and for the record" },
  { flags: "--live", about: "at once; only a server of `haltpoint dev` does that" },
];

const PACK_LINES = `Packs, each for what a kind of agent does:

  coding-agent           commands and code: the developer who owns the agent decides
  finance                spend above a threshold, and a sum a day
  identity-and-secrets   rights, identities, secrets and their rotation
  customer-data          data that leaves, and who is written to
  lifecycle              thresholds that follow an identity's stage

A pack's rule takes the place of the default's that has the same id. Groups that are not given come from
the identity provider.`;

/** Which of the requests on record. */
const RECORD_OPTIONS = [
  { flags: "--since <time>", about: "30d, 8h, 2026-11-20 (default 30d)" },
  { flags: "--latest <count>", about: "no more requests than this, the latest" },
];

const CASE_EXAMPLE = `A file of cases, by default beside the policy as policy.cases.yaml:

  cases:
    - name: small orders need nobody
      request:
        action: { name: purchase_order.submit, properties: { amount: "100.00 USD" } }
        resource: { type: purchase_order, id: PO-1 }
      expect: { decision: allow, rules: [small-orders] }`;

export const POLICY: readonly CommandTree[] = [
  tree(
    {
      usage: "policy",
      purpose: "check, try, explain and publish policy",
      examples: ["policy check"],
    },
    [
      tree({
        usage: "init [pack...]",
        purpose: "print a first policy: the shipped default, with the packs named",
        more: PACK_LINES,
        options: [
          { flags: "--owner <person>", about: "the person accountable for its rules" },
          {
            flags: "--group <group=people>",
            about: "who is in a group, `approvers=ana,bo`; may be repeated",
            isList: true,
          },
        ],
        examples: [
          "policy init --owner chen --group approvers=ana,bo > policy.yaml",
          "policy init finance lifecycle --owner chen --group approvers=ana,bo --group finance=fay",
        ],
        run: async (call) => (await import("./policy-init.ts")).init(call),
      }),
      tree({
        usage: "check [file]",
        purpose: "say everything that is wrong with a policy, where, and what to write",
        examples: ["policy check policy.yaml"],
        run: async (call) => (await policy()).check(call),
      }),
      tree({
        usage: "test [file]",
        purpose: "try a policy on the cases beside it",
        more: CASE_EXAMPLE,
        options: [{ flags: "--cases <file>", about: "another file of cases" }],
        examples: ["policy test policy.yaml"],
        exits: [[EXIT.fault, "a case failed, or a fault"]],
        run: async (call) => (await policy()).test(call),
      }),
      tree({
        usage: "explain <request>",
        purpose: "say what policy decides about a request, and why",
        more:
          "The request is one that exists, or a JSON file: { identity, action, resource, context }.\n" +
          "With --policy a file is asked instead of the server.",
        options: [
          { flags: "--identity <id>", about: "who asks, where the file does not say" },
          { flags: "--policy <file>", about: "ask this file; needs no server" },
        ],
        examples: ["policy explain 7F3K", "policy explain order.json --policy policy.yaml"],
        run: async (call) => (await policy()).explain(call),
      }),
      tree({
        usage: "replay <file>",
        purpose: "say what a policy would have decided of the requests on record",
        more:
          "What would have been held, allowed or denied that was not, by rule and with examples, and what\n" +
          "that adds to or saves of people's time. Nothing is changed; that it was asked is on record.",
        options: RECORD_OPTIONS,
        examples: ["policy replay --since 30d next.yaml"],
        run: async (call) => (await import("./policy-replay.ts")).replay(call),
      }),
      tree({
        usage: "coverage",
        purpose: "say which tools agents call, what they are taken for, and which no rule is about",
        more:
          "Of the requests on record: who called it, what the classifier of today takes it for, what was\n" +
          "decided, and which rules of the policy in force are about it. What only the default decides\n" +
          "comes first, and of these the gravest. Nothing is changed.",
        options: RECORD_OPTIONS,
        examples: ["policy coverage", "policy coverage --since 7d --json"],
        run: async (call) => (await import("./policy-coverage.ts")).coverage(call),
      }),
      tree({
        usage: "versions",
        purpose: "list the policies that are, or were, in force: since when, by whom and how",
        examples: ["policy versions"],
        run: async (call) => (await versions()).versions(call),
      }),
      tree({
        usage: "show <version>",
        purpose: "print a policy that is, or was, in force",
        examples: ["policy show 5P868tyfYfIE"],
        run: async (call) => (await versions()).show(call),
      }),
      tree({
        usage: "revert <version>",
        purpose: "propose a policy that was in force before, like any other",
        options: PROPOSING,
        examples: ["policy revert 5P868tyfYfIE"],
        run: async (call) => (await versions()).revert(call),
      }),
      withHost({
        usage: "publish [file]",
        purpose: "show how a policy differs from the one in force, and propose it",
        options: PROPOSING,
        more:
          "It is in force once a second policy admin approves the request that this makes. With --host it\n" +
          "recovers an installation whose policy locks everybody out: at once, recorded with --reason.",
        examples: [
          "policy publish policy.yaml",
          "policy publish policy.yaml --yes --reason 'finance asked'",
        ],
        run: async (call) => (await policy()).publish(call),
      }),
    ],
  ),
  tree({
    usage: "report",
    purpose: "count what policy and people did, and what shadow mode would have done",
    options: [{ flags: "--since <time>", about: "1d, 8h, 2026-11-20 (default 1d)" }],
    examples: ["report --since 1d"],
    run: async (call) => (await import("./report.ts")).report(call),
  }),
];
