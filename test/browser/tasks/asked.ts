/** What agents ask of people in these tests. */
import type { Wanted } from "../testing/errand.ts";

/** Each is about something else, since one store serves all tests of a file. */
let number = 0;

export function payment(amount = "48200.00 USD"): Wanted {
  number += 1;
  return {
    action: "payments.transfer",
    args: { amount, recipient: `Acme ${number} GmbH`, note: "Invoice 7" },
    resource: { type: "account", id: `A-${number}` },
  };
}

export function order(amount = "48200.00 USD"): Wanted {
  number += 1;
  const args = { amount, vendor: `Acme ${number} GmbH` };
  return { action: "orders.submit", args, resource: thing(number) };
}

export function post(): Wanted {
  number += 1;
  return { action: "chat.post", args: { text: `Hello ${number}` }, resource: thing(number) };
}

export function rotation(): Wanted {
  number += 1;
  return { action: "keys.rotate", args: { key: `k-${number}` }, resource: thing(number) };
}

export function closing(): Wanted {
  number += 1;
  return { action: "accounts.close", args: { account: `A-${number}` }, resource: thing(number) };
}

export function endlessJob(): Wanted {
  number += 1;
  return {
    action: "jobs.run",
    args: { job: `j-${number}` },
    resource: thing(number),
    isEndless: true,
  };
}

const thing = (of: number) => ({ type: "thing", id: `T-${of}` });
