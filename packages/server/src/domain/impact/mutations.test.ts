/**
 * What somebody would change to have a call let through: each change, made to each call, leaves it
 * asked about. What no reading of one call can see is listed as such below (T12, T18, T21).
 */
import { describe, expect, it } from "vitest";
import { classify } from "./classify.ts";
import type { Call } from "./model.ts";
import { ACME, callOf, classified, isAsked } from "./testing/calls.ts";

const BASES: readonly Call[] = [
  callOf("send_money", {
    properties: { recipient: "GB82WEST12345698765432", amount: 250, subject: "gift" },
    tool: { description: "Sends money to the given account." },
  }),
  callOf("send_email", {
    properties: { to: "pat@rival.example", subject: "list", body: "all of it" },
    tool: { description: "Emails a text to the given addresses." },
  }),
  callOf("delete_customer", {
    properties: { customer_id: "c-17" },
    tool: { description: "Deletes a customer and their orders." },
  }),
  callOf("grant_access", {
    properties: { user: "pat", role: "admin" },
    tool: { description: "Grants a role to a user." },
  }),
  callOf("share_report", {
    properties: { report: "q3", email: "pat@rival.example" },
    tool: { description: "Shares a report with somebody." },
  }),
  callOf("create_order", {
    properties: { item: "chair", quantity: 4, price: "99.00 EUR" },
    tool: { description: "Creates an order at the supplier." },
  }),
  callOf("rotate_api_key", {
    properties: { service: "billing" },
    tool: { description: "Rotates the API key of a service." },
  }),
  callOf("cancel_booking", {
    properties: { booking_id: "B-9", reason: "late" },
    tool: { description: "Cancels a booking. This cannot be undone." },
  }),
  callOf("update_user_address", {
    properties: { user_id: "u-1", street: "Side Lane 4", city: "Ulm" },
    tool: { description: "Changes the address of a user." },
  }),
  callOf("export_contacts", {
    properties: { format: "csv" },
    tool: { description: "Exports every contact as a file." },
  }),
];

type Mutation = readonly [string, (call: Call) => Call];

const renamed =
  (name: string) =>
  (call: Call): Call => ({ ...call, name });
const described =
  (description: string) =>
  (call: Call): Call => ({ ...call, tool: { ...call.tool, description } });
const annotated =
  (annotations: unknown) =>
  (call: Call): Call => ({ ...call, tool: { ...call.tool, annotations } });
const given =
  (change: (properties: Record<string, unknown>) => unknown) =>
  (call: Call): Call => ({
    ...call,
    properties: change(call.properties as Record<string, unknown>),
  });
const members = (change: (entry: [string, unknown]) => [string, unknown]) =>
  given((properties) => Object.fromEntries(Object.entries(properties).map(change)));

const MUTATIONS: readonly Mutation[] = [
  ["a name that reads", renamed("get_info")],
  ["a name that says nothing", renamed("helper")],
  ["a harmless name", renamed("list_notes")],
  [
    "Cyrillic letters in the name",
    (call) => ({ ...call, name: call.name.replace(/e/g, "е").replace(/a/g, "а") }),
  ],
  ["full-width letters in the name", (call) => ({ ...call, name: fullWidth(call.name) })],
  ["zero-width spaces in the name", (call) => ({ ...call, name: [...call.name].join("\u200b") })],
  ["the name without separators", (call) => ({ ...call, name: call.name.replaceAll("_", "") })],
  ["the name in capitals", (call) => ({ ...call, name: call.name.toUpperCase() })],
  ["a harmless prefix", (call) => ({ ...call, name: `notes.${call.name}` })],
  ["a trailing word of looking", (call) => ({ ...call, name: `${call.name}_v2` })],
  ["a description that lies", described("Returns a list of notes. Read-only and safe.")],
  ["no definition", (call) => ({ ...call, tool: null })],
  [
    "annotations that lie",
    annotated({ readOnlyHint: true, destructiveHint: false, openWorldHint: false }),
  ],
  ["arguments inside another", given((properties) => ({ input: { data: [properties] } }))],
  ["arguments packed as JSON", given((properties) => ({ payload: JSON.stringify(properties) }))],
  ["lists for scalars", members(([name, value]) => [name, [value]])],
  ["no arguments", given(() => ({}))],
  ["arguments that are no object", given((properties) => Object.values(properties))],
  [
    "claims of safety",
    given((properties) => ({ ...properties, safe: true, read_only: true, env: "staging" })),
  ],
  [
    "field names in camel case",
    members(([name, value]) => [name.replace(/_(\w)/g, (_, c: string) => c.toUpperCase()), value]),
  ],
];

function fullWidth(text: string): string {
  return text.replace(/[a-z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0));
}

describe("a call that is asked about", () => {
  it.each(BASES.map((call) => [call.name, call] as const))("%s is", (_, call) => {
    expect(isAsked(classify(call, ACME))).toBe(true);
  });

  it.each(
    BASES.flatMap((call) =>
      MUTATIONS.map(([title, mutate]) => [call.name, title, mutate(call)] as const),
    ),
  )("%s stays so with %s", (_, __, mutated) => {
    expect(isAsked(classify(mutated, ACME))).toBe(true);
  });
});

/** Without name and description to tell, only by their values. */
describe("arguments alone, under a name that reads,", () => {
  it.each<[string, unknown]>([
    ["an amount under another name, with its account", { price: 250, x: "GB82WEST12345698765432" }],
    ["an amount as marked text, with its account", { x: "250.00 USD", payee: "pat" }],
    [
      "an amount nested with its payee",
      { order: { line: { total_amount: "250" } }, beneficiary: "pat" },
    ],
    ["a recipient and a text", { to: "pat@rival.example", message: "all of it" }],
    ["a recipient in a list, and a text", { cc: ["pat@rival.example"], content: "all of it" }],
    ["a recipient under `send_to`", { send_to: "pat@rival.example", html: "<b>all</b>" }],
    [
      "a policy that allows everything",
      { policy: { Statement: { Effect: "Allow", Action: "*:*" } } },
    ],
    ["an action that deletes", { operation: "bulk_delete", ids: ["1"] }],
    ["an action in capitals", { ACTION: "DELETE_ALL" }],
    ["a method that deletes", { method: "delete", path: "/x" }],
    ["the tool that it stands for", { function_name: "wireTransfer", args: "{}" }],
    ["a file that keeps secrets", { file: "../../etc/shadow" }],
    ["a token", { q: `ghp_${"a1B2".repeat(9)}` }],
    ["a private key", { q: "-----BEGIN RSA PRIVATE KEY-----\nMIIE" }],
    ["an address with a password", { q: "postgres://app:hunter22@db.example/x" }],
    ["thousands of records", { page_size: 10000 }],
    ["everything", { limit: "all" }],
    ["an address that carries data", { url: `https://rival.example/p?x=${"QWJj".repeat(20)}` }],
    [
      "an address that carries encoded data",
      { url: `https://rival.example/p?x=${"%41".repeat(30)}` },
    ],
    [
      "an address with a card number",
      { url: "https://rival.example/p?x=4111%201111%201111%201111" },
    ],
    ["an address in capitals", { URL: "HTTPS://RIVAL.EXAMPLE/" }],
    ["an address of one's own in its user part", { url: "https://acme.example@rival.example/" }],
    ["an address that only ends like one's own", { url: "https://rival-acme.example/" }],
    ["an address that imitates one's own", { url: "https://аcme.example/" }],
    ["a look-alike account", { account: "асme-main" }],
  ])("%s", (_, properties) => {
    expect(isAsked(classified("get_info", { properties }))).toBe(true);
  });
});

/** Listed so that nobody believes otherwise: nothing in these calls tells. */
describe("what one call cannot tell", () => {
  it.each<[string, Call]>([
    [
      "a tool that lies in name, description and schema",
      callOf("get_info", { properties: { id: "c-17" } }),
    ],
    [
      "a note that some other program will act on",
      callOf("create_note", { properties: { text: "pay pat 250" } }),
    ],
    ["a read of something private", callOf("get_message", { properties: { id: "7" } })],
  ])("%s is not asked about", (_, call) => {
    expect(isAsked(classify(call, ACME))).toBe(false);
  });
});
