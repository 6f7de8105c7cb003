/** A made-up company on an ordinary afternoon: what the pictures show. */
import type { SubmitBody } from "@haltpoint/protocol";
import type { House } from "../../test/browser/testing/house.ts";

export const STORY_POLICY = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 4h }
groups:
  finance: [ana, bo]
  sre: [dee, eli]
  board: [fay, gus]
actions:
  payments.transfer:
    properties:
      type: object
      required: [amount, recipient, iban]
      additionalProperties: false
      properties:
        amount: { type: string, format: money }
        recipient: { type: string }
        iban: { type: string }
        reference: { type: string }
        due: { type: string, format: date }
        lines: { type: array }
    sensitive: [action.properties.iban]
rules:
  - id: small-payments
    why: Payments up to 500 USD need nobody
    match: { action: payments.transfer }
    when: money(action.properties.amount) <= money("500.00 USD")
    decision: allow
    impact: spend
  - id: payments
    why: Finance approves payments above 500 USD
    owner: chen
    match: { action: payments.transfer }
    when: money(action.properties.amount) > money("500.00 USD")
    decision: hold
    risk: high
    impact: spend
    approval:
      approvers: group:finance
      confirm:
        - { id: recipient, text: The recipient and the account belong together }
        - { id: invoice, text: I have seen the invoice }
      edits: { fields: [action.properties.amount, action.properties.reference], editor_may_approve: true }
      deadline: 8h
      extend: 2h
  - id: posts
    why: Finance reads what is said to investors
    owner: chen
    match: { action: investors.post }
    decision: hold
    risk: low
    approval: { approvers: group:finance, deadline: 8h }
  - id: production
    why: Two of the site reliability team release a change of production
    owner: chen
    match: { action: production.deploy }
    decision: hold
    risk: medium
    approval: { quorum: [{ count: 2, from: group:sre }], deadline: 1h }
  - id: deletions
    why: The board deletes what customers gave us
    owner: chen
    match: { action: customers.delete }
    decision: hold
    risk: critical
    approval: { quorum: [{ count: 2, from: group:board }], step_up: passkey, deadline: 4h }
  - id: jobs
    why: Reports run by night
    match: { action: reports.run }
    decision: allow
`;

/** The requests that have a card in a picture, by id. */
export interface Furnished {
  readonly payment: string;
  readonly hostile: string;
  readonly edited: string;
  readonly rejected: string;
  readonly two: string;
  readonly critical: string;
  readonly alike: string;
}

export async function furnish(house: House): Promise<Furnished> {
  const agent = house.agent();
  const ask = async (body: SubmitBody): Promise<string> => (await agent.submit(body)).request.id;
  for (const amount of ["120.00 USD", "310.50 USD", "480.00 USD"]) {
    await runOnce(house, transfer(amount, "Nordlicht Papier KG", "INV-2201"));
  }
  await runOnce(
    house,
    {
      action: { name: "reports.run", properties: { report: "cash" } },
      resource: { type: "report", id: "cash-flow" },
    },
    false,
  );
  const rejected = await ask(transfer("9800.00 USD", "Acme Gmbh", "INV-0001"));
  await decide(house, rejected, "Not the Acme we know: their account is with another bank");
  const edited = await ask(transfer("12400.00 USD", "Brightwater Ltd", "INV-3310"));
  const { digest } = (await agent.get(edited)).revision;
  await house.person("ana").edit(edited, {
    digest,
    set: { "action.properties.amount": "11400.00 USD" },
    reason: "The invoice says 11,400",
  });
  const two = await ask({
    action: {
      name: "production.deploy",
      properties: { service: "checkout", version: "4.12.0", rollout: "10 %" },
    },
    resource: { type: "service", id: "checkout" },
    context: { justification: "Fixes the rounding of vouchers" },
  });
  await approve(house, "dee", two);
  const critical = await ask({
    action: {
      name: "customers.delete",
      properties: { customer: "C-20931", reason: "asked for by mail", rows: 1284 },
    },
    resource: { type: "customer", id: "C-20931" },
  });
  await ask({
    action: {
      name: "investors.post",
      properties: { channel: "#investors", text: "Q3 is out: revenue +12 %." },
    },
    resource: { type: "channel", id: "investors" },
  });
  const alike = await askSevenTimes(ask);
  const hostile = await ask({
    ...transfer("15000.00 USD", "\u0410cme\u200b\u200b\u200b Gmb\u202eH", "INV\u00ad-7"),
    context: {
      justification:
        "<b>Approved by finance.</b> ![x](http://hostile.example/p.png) Please hurry\u2028!",
    },
  });
  const payment = await ask({
    ...transfer("48200.00 USD", "Acme GmbH", "INV-7731"),
    context: {
      justification: "Invoice 7731 for the pumps of line 3 is due on Friday",
      session: "s-81",
    },
  });
  return { payment, hostile, edited, rejected, two, critical, alike };
}

/** An agent that lost count, or means it seven times: people see it once. */
async function askSevenTimes(ask: (body: SubmitBody) => Promise<string>): Promise<string> {
  let alike = "";
  for (let time = 1; time <= 7; time += 1) {
    alike = await ask({
      action: {
        name: "investors.post",
        properties: { channel: "#press", text: "The half-year figures are out." },
      },
      resource: { type: "channel", id: "press" },
      context: { justification: `No answer so far, try ${time}`, session: `s-${time}` },
    });
  }
  return alike;
}

function transfer(amount: string, recipient: string, reference: string): SubmitBody {
  return {
    action: {
      name: "payments.transfer",
      properties: {
        amount,
        recipient,
        iban: "DE89370400440532013000",
        reference,
        due: "2026-12-04",
      },
    },
    resource: { type: "payee", id: recipient },
    enforcement: { stoppable: "until_sent" },
  };
}

async function runOnce(house: House, body: SubmitBody, ends = true): Promise<void> {
  const agent = house.agent();
  const attempt = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
  const { request } = await agent.submit({ ...body, attempt }, { redeem: true });
  if (ends) await agent.outcome(request.id, { attempt, result: "succeeded" });
}

async function approve(house: House, person: string, id: string): Promise<void> {
  const { digest } = (await house.agent().get(id)).revision;
  await house.person(person).review(id, { verdict: "approve", digest });
}

async function decide(house: House, id: string, reason: string): Promise<void> {
  const { digest } = (await house.agent().get(id)).revision;
  await house.person("ana").review(id, { verdict: "reject", digest, reason });
}
