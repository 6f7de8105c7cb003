/** Prometheus metrics. Labels are route patterns and numbers, never ids: they would not end. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Store } from "../../ports/store.ts";
import type { Waiters } from "./waiters.ts";

const NS_PER_S = 1e9;
const LOOP_RESOLUTION_MS = 20;
const DEAD_COUNTED_MAX = 1_000;
const COMMIT_BUCKETS_S = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

export interface Metrics {
  requestAnswered(labels: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
  }): void;
  /** In milliseconds; `outcome`: committed, stale or failed. */
  commitTook(ms: number, outcome: string): void;
  text(): Promise<{ readonly contentType: string; readonly text: string }>;
  stop(): void;
}

export function createMetrics(of: {
  readonly store: Store;
  readonly waiters: Waiters;
  readonly streams: Waiters;
}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: "haltpoint_http_requests_total",
    help: "HTTP requests by method, route and status",
    labelNames: ["method", "route", "status"] as const,
    registers,
  });
  const commits = new Histogram({
    name: "haltpoint_commit_seconds",
    help: "How long a commit took until it was durable",
    labelNames: ["outcome"] as const,
    buckets: COMMIT_BUCKETS_S,
    registers,
  });
  gauge("haltpoint_held_requests", "Requests that wait for a person", async () =>
    of.store.countRequests({ statuses: ["held"] }),
  );
  gauge("haltpoint_dead_notices", "Notices that were given up", async () => {
    return (await of.store.outboxTroubled("dead", DEAD_COUNTED_MAX)).length;
  });
  gauge("haltpoint_waiting_callers", "Callers in a long poll", () => of.waiters.count);
  gauge("haltpoint_event_clients", "Readers of the event stream", () => of.streams.count);
  gauge("process_resident_memory_bytes", "Memory of this process", () => process.memoryUsage.rss());
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  delay.enable();
  gauge("haltpoint_event_loop_delay_p99_seconds", "Since the last look", () => {
    const seconds = delay.count === 0 ? 0 : delay.percentile(99) / NS_PER_S;
    delay.reset();
    return seconds;
  });

  return {
    requestAnswered: ({ method, route, status }) =>
      requests.inc({ method, route, status: String(status) }),
    commitTook: (ms, outcome) => commits.observe({ outcome }, ms / 1_000),
    text: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
    stop: () => {
      delay.disable();
    },
  };

  function gauge(name: string, help: string, read: () => number | Promise<number>): void {
    const made: Gauge = new Gauge({
      name,
      help,
      registers,
      collect: async () => made.set(await read()),
    });
  }
}
