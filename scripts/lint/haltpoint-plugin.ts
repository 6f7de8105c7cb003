/**
 * The lint rule that oxlint does not have. The other bans of the pure code (`Date.now`,
 * `Math.random`, `process`, timers) are plain configuration in `.oxlintrc.json`.
 */

type Node = { readonly type: string };
type Name = Node & { readonly name?: string };
type Call = Node & {
  readonly callee: Name & { readonly property?: Name };
  readonly arguments: readonly Node[];
};
type Context = {
  readonly report: (problem: { readonly node: Node; readonly message: string }) => void;
};

const message = "reads the machine's clock: time comes in through `facts` or the clock port";

const readsClockWithoutArguments = new Set(["format", "formatToParts"]);

/**
 * `new Date()`, `Date()` and `Intl.DateTimeFormat().format()` without a time read the clock unseen.
 * INVARIANT: I7 deadlines are judged by the store's clock only, so pure code must not have one.
 */
const noAmbientClock = {
  create(context: Context) {
    return {
      NewExpression(node: Call) {
        if (node.callee.name === "Date" && node.arguments.length === 0) {
          context.report({ node, message: `\`new Date()\` ${message}` });
        }
      },
      CallExpression(node: Call) {
        if (node.callee.name === "Date") {
          context.report({ node, message: `\`Date()\` ${message}` });
        }
        const method = node.callee.property?.name;
        if (method !== undefined && readsClockWithoutArguments.has(method)) {
          if (node.arguments.length === 0) {
            context.report({ node, message: `\`.${method}()\` without a time ${message}` });
          }
        }
      },
    };
  },
};

export default { meta: { name: "haltpoint" }, rules: { "no-ambient-clock": noAmbientClock } };
