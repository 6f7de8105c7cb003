/** Commands of those who look, decide and stop. */
import { EXIT } from "@haltpoint/protocol";
import type { CommandSpec, CommandTree, OptionSpec } from "./command.ts";

const deciding = () => import("./deciding.ts");
const acting = () => import("./acting.ts");
const signingIn = () => import("./login.ts");
const looking = () => import("./looking.ts");
const halting = () => import("./halting.ts");

const REASON: OptionSpec = { flags: "--reason <text>", about: "why; part of the record" };
const YES: OptionSpec = { flags: "--yes", about: "do not ask whether you are sure" };
const DIGEST: OptionSpec = {
  flags: "--digest <digest>",
  about: "decide only what has this digest: the one you were shown",
};
const CONFIRM: OptionSpec = {
  flags: "--confirm <id>",
  about: "confirm one of the rule's statements; may be repeated",
  isList: true,
};

const SCRIPTS =
  "The whole action is printed before anything is decided, and the decision is about exactly\n" +
  "what was printed. Without a terminal, --yes takes the place of your answer; where the risk is\n" +
  "high or critical --yes is not enough to let something run, and --digest has to name what you\n" +
  "looked at before (`haltpoint show ID --json`, revision.digest).";
const EXPIRED = [EXIT.expired, "the deadline had passed; nothing ran"] as const;

const tree = (spec: CommandSpec, subcommands?: readonly CommandTree[]): CommandTree =>
  subcommands === undefined ? { spec } : { spec, subcommands };

export const LOOKING: readonly CommandTree[] = [
  tree({
    usage: "inbox",
    purpose: "list what waits for your decision",
    more:
      "With --status and the like it lists whatever you may see instead: running actions to stop,\n" +
      "last week's approvals. Ids are the last four characters; every command takes them.\n" +
      "What would do the same is one row. --watch --json prints one JSON document a line.",
    options: [
      { flags: "--watch", about: "stay, and tell what comes and goes" },
      { flags: "--each", about: "list look-alikes one by one" },
      { flags: "--status <statuses>", about: "held, approved, running, …; several with commas" },
      { flags: "--identity <id>", about: "of this identity" },
      { flags: "--action <name>", about: "of this action" },
      { flags: "--text <text>", about: "with this text in action, identity or title" },
      { flags: "--since <time>", about: "asked since: 1d, 8h, 2026-11-20" },
      { flags: "--limit <count>", about: "at most so many (default 50)" },
    ],
    examples: ["inbox", "inbox --watch", "inbox --status running --since 1d"],
    run: async (call) => (await looking()).inbox(call),
  }),
  tree({
    usage: "show <request>",
    purpose: "print one request, complete",
    options: [{ flags: "--history", about: "also everything that was recorded about it" }],
    examples: ["show 7F3K", "show 7F3K --history"],
    run: async (call) => (await looking()).show(call),
  }),
];

export const SIGNING_IN: readonly CommandTree[] = [
  tree({
    usage: "login",
    purpose: "sign this command line in, allowed in your browser",
    more:
      "Prints an address and a code. Open the address in a browser, sign in there, compare the code\n" +
      "and allow it: for eight hours every command here acts as you. The session is kept in\n" +
      "$XDG_CONFIG_HOME/haltpoint/credentials.json (else ~/.config), which only you can read.\n" +
      "What is graver than medium risk is still approved in the browser.",
    examples: ["login", "login --url https://haltpoint.example.com"],
    run: async (call) => (await signingIn()).login(call),
  }),
  tree({
    usage: "logout",
    purpose: "end that session, at the server and here",
    examples: ["logout", "logout --url https://haltpoint.example.com"],
    run: async (call) => (await signingIn()).logout(call),
  }),
];

export const DECIDING: readonly CommandTree[] = [
  tree({
    usage: "approve <request>",
    purpose: "let exactly what is printed run, once",
    more: SCRIPTS,
    options: [REASON, CONFIRM, YES, DIGEST],
    examples: ["approve 7F3K", 'approve 7F3K --confirm vendor --reason "budgeted" --yes'],
    exits: [EXPIRED],
    run: async (call) => (await deciding()).approve(call),
  }),
  tree({
    usage: "reject <request>",
    purpose: "say no; the agent is told why",
    more: "Rejecting is never made harder: --yes is enough at every risk.",
    options: [REASON, YES, DIGEST],
    examples: ['reject 7F3K --reason "lease them instead"'],
    exits: [EXPIRED],
    run: async (call) => (await deciding()).reject(call),
  }),
  tree({
    usage: "edit <request>",
    purpose: "change what would run; reviews start again",
    more:
      "A value is JSON where it parses as JSON, and text otherwise. Policy says which fields may be\n" +
      "changed, and is asked about the result.\n\n" +
      SCRIPTS,
    options: [
      {
        flags: "--set <path=value>",
        about: "a field and its new value; may be repeated",
        isList: true,
      },
      { flags: "--approve", about: "also approve the result, where policy lets editors" },
      REASON,
      CONFIRM,
      YES,
      DIGEST,
    ],
    examples: ['edit 7F3K --set action.properties.amount="4000.00 USD" --reason "two will do"'],
    exits: [EXPIRED, [EXIT.denied, "policy denies what the edit made of it"]],
    run: async (call) => (await deciding()).edit(call),
  }),
  tree({
    usage: "ask <request> <question>",
    purpose: "ask the agent; the deadline waits, once",
    examples: ['ask 7F3K "Is this vendor new?"'],
    exits: [EXPIRED],
    run: async (call) => (await acting()).ask(call),
  }),
  tree({
    usage: "extend <request>",
    purpose: "move the deadline, where policy allows",
    options: [REASON],
    examples: ['extend 7F3K --reason "waiting for the vendor"'],
    exits: [EXPIRED],
    run: async (call) => (await acting()).extend(call),
  }),
  tree({
    usage: "delegate <request>",
    purpose: "hand it to another reviewer",
    options: [{ flags: "--to <person>", about: "who may decide it as well" }, REASON],
    examples: ['delegate 7F3K --to bo --reason "on leave"'],
    exits: [EXPIRED],
    run: async (call) => (await acting()).delegate(call),
  }),
  tree({
    usage: "retract <request>",
    purpose: "take your approval back before it takes effect",
    options: [REASON],
    examples: ["retract 7F3K"],
    run: async (call) => (await acting()).retract(call),
  }),
  tree({
    usage: "override <request>",
    purpose: "break glass: let it run without its reviewers",
    more:
      "Takes the right `override`. It waives the reviewers and nothing else; they are told, and\n" +
      "somebody other than you must follow up.\n\n" +
      SCRIPTS,
    options: [REASON, YES, DIGEST],
    examples: ['override 7F3K --reason "production is down"'],
    exits: [EXPIRED],
    run: async (call) => (await deciding()).override(call),
  }),
  tree({
    usage: "follow-up <request> <verdict>",
    purpose: "say what you found about an override: ok or violation",
    options: [REASON],
    examples: ['follow-up 7F3K ok --reason "the outage was real"'],
    run: async (call) => (await acting()).followUp(call),
  }),
];

export const STOPPING: readonly CommandTree[] = [
  tree({
    usage: "interrupt <request>",
    purpose: "stop one action, also while it runs",
    more: "Stopping is never made harder: --yes is enough at every risk.",
    options: [REASON, YES],
    examples: ['interrupt 7F3K --reason "wrong vendor"'],
    exits: [EXPIRED],
    run: async (call) => (await deciding()).interrupt(call),
  }),
  tree(
    {
      usage: "halt [scope]",
      purpose: "the kill switch: stop an identity, an action, … or everything",
      more:
        "The scope is `everything`, identity:ID, owner:ID, group:ID, session:ID, trace:ID, action:ID or\n" +
        "impact:ID. It asks nothing but why. What runs is told to stop; nothing starts until the lift.",
      options: [REASON],
      examples: [
        'halt everything --reason "what is going on"',
        'halt identity:purchasing-agent --reason "orders nobody asked for"',
      ],
      run: async (call) => (await halting()).halt(call),
    },
    [
      tree({
        usage: "lift <halt>",
        purpose: "end a halt; one of everything takes two people",
        options: [REASON, YES],
        examples: ['halt lift 9QX2 --reason "the agent is fixed"'],
        run: async (call) => (await halting()).liftHalt(call),
      }),
      tree({
        usage: "list",
        purpose: "list the halts in force",
        options: [{ flags: "--all", about: "also those that were lifted" }],
        examples: ["halt list"],
        run: async (call) => (await halting()).listHalts(call),
      }),
    ],
  ),
  tree({
    usage: "resolve <request> <result>",
    purpose:
      "say what really happened, where nobody knows: succeeded, failed, interrupted, not_started",
    options: [REASON],
    examples: ['resolve 7F3K succeeded --reason "the shop has the order"'],
    run: async (call) => (await acting()).resolve(call),
  }),
];
