/** What most tests of the guard begin with. */
import { type Mock, onTestFinished, vi } from "vitest";
import { createClient } from "../client.ts";
import type { GuardOptions, RunContext } from "../guard.ts";
import { ScriptedServer } from "./scripted-server.ts";

export interface Order extends Record<string, unknown> {
  readonly amount: string;
  readonly supplier: string;
}

export const ORDER: Order = { amount: "9000.00 USD", supplier: "acme" };

export type Place = (order: Order, run: RunContext) => Promise<string>;

/** A function to be guarded that counts and does nothing else. */
export function placing(): Mock<Place> {
  return vi.fn<Place>((order) => Promise.resolve(`placed ${order.amount}`));
}

/** A listening server that the test may script; closed when the test ends. */
export async function served(set: Partial<ScriptedServer> = {}): Promise<ScriptedServer> {
  const server = Object.assign(new ScriptedServer(), set);
  await server.listen();
  onTestFinished(() => server.close());
  return server;
}

export function orderOptions(
  server: ScriptedServer,
  options: Partial<GuardOptions<Order>> = {},
): GuardOptions<Order> {
  return {
    client: createClient({ url: server.url, apiKey: "hpk_test", timeoutMs: 2_000 }),
    action: "purchase_order.submit",
    resource: ({ supplier }) => ({ type: "supplier", id: supplier }),
    ...options,
  };
}

/** What a promise rejects with; fails the test where it does not. */
export async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("expected it to throw");
}
