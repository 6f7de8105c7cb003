/**
 * LangGraph's interrupt with its SQLite saver, in process: the fastest durable "stop for a person"
 * of the agent frameworks. One node that interrupts, and acts when it is resumed: fewer checkpoints
 * than any graph that does more.
 *
 * `as-shipped`: the saver opens the file, WAL and `synchronous=NORMAL`: a power cut may lose what
 * was answered. `full`: the same with `synchronous=FULL`, which is what Haltpoint promises.
 */
import { randomUUID } from "node:crypto";
import { Annotation, Command, END, interrupt, START, StateGraph } from "@langchain/langgraph";
import { SqliteSaver } from "@langchain/langgraph-checkpoint-sqlite";
import Database from "better-sqlite3";
import { purchaseOrder } from "../haltpoint/purchase-order.ts";
import { newDataFile } from "../measure/data-file.ts";
import { serveContestant } from "../measure/contestant.ts";

const State = Annotation.Root({ request: Annotation<unknown>, outcome: Annotation<string> });

await serveContestant(() => {
  const database = new Database(newDataFile("langgraph"));
  database.pragma("journal_mode = WAL");
  if (process.argv[2] === "full") database.pragma("synchronous = FULL");
  const resumedAt = new Map<string, number>();
  const graph = new StateGraph(State)
    .addNode("act", (state, config) => {
      const answer = interrupt(state.request);
      resumedAt.set(String(config.configurable?.["thread_id"]), performance.now());
      return { outcome: answer === "approve" ? "succeeded" : "rejected" };
    })
    .addEdge(START, "act")
    .addEdge("act", END)
    .compile({ checkpointer: new SqliteSaver(database) });
  let number = 0;
  return Promise.resolve({
    async once(record) {
      number += 1;
      const thread = randomUUID();
      const config = { configurable: { thread_id: thread } };
      const held = await graph.invoke({ request: purchaseOrder(number), outcome: "" }, config);
      if (!("__interrupt__" in held)) throw new Error("the graph did not stop");
      const decidedAt = performance.now();
      const ended = await graph.invoke(new Command({ resume: "approve" }), config);
      if (ended.outcome !== "succeeded") throw new Error("the graph did not end");
      record("wake", (resumedAt.get(thread) ?? Number.NaN) - decidedAt);
      resumedAt.delete(thread);
    },
    close: () => {
      database.close();
      return Promise.resolve();
    },
  });
});
