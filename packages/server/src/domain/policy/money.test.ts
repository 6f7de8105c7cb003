import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amountOf, amountText, readAmount } from "./money.ts";
import { judgeText } from "./testing/judge-text.ts";
import { runs } from "./testing/policy-fixtures.ts";

const read = (value: unknown): string => {
  const result = readAmount(value);
  return result.kind === "amount" ? amountText(result.amount) : result.reason;
};

describe("an amount", () => {
  it.each([
    ["12.00 USD", "12.00 USD"],
    ["12 USD", "12.00 USD"],
    ["12.5 USD", "12.50 USD"],
    ["0 USD", "0.00 USD"],
    ["0.01 USD", "0.01 USD"],
    ["500 JPY", "500 JPY"],
    ["1.234 KWD", "1.234 KWD"],
    ["0.0001 CLF", "0.0001 CLF"],
    [{ amount: "12.00", currency: "USD" }, "12.00 USD"],
    [{ amount: 12.5, currency: "EUR" }, "12.50 EUR"],
    [{ amount: "12.00", currency: "USD", note: "more" }, "12.00 USD"],
    ["123456789012345678901234567.89 USD", "123456789012345678901234567.89 USD"],
  ])("is %j", (value, text) => {
    expect(read(value)).toBe(text);
  });

  const unlike = 'is not an amount with a currency, such as "12.00 USD"';
  const undecimal = 'is not a plain decimal number such as "12.00"';
  it.each([
    ["12.00", unlike],
    ["12.00USD", unlike],
    ["12.00  USD", unlike],
    ["USD 12.00", unlike],
    ["12.00 usd", unlike],
    ["12.00 USD ", unlike],
    ["12.00 USDT", unlike],
    [`${"9".repeat(60)} USD`, unlike],
    ["1,200.00 USD", undecimal],
    ["1e3 USD", undecimal],
    ["+1 USD", undecimal],
    ["01 USD", undecimal],
    [".5 USD", undecimal],
    ["5. USD", undecimal],
    ["٥ USD", undecimal],
    ["Infinity USD", undecimal],
    ["-1 USD", "is negative"],
    ["-0.00 USD", "is negative"],
    ["1.005 USD", "has more decimals than its currency, which has 2"],
    ["1.0 JPY", "has more decimals than its currency, which has 0"],
    ["1.00 ABC", "has a currency that is not in ISO 4217"],
    [12, "has no currency"],
    [null, "has no currency"],
    [["12.00 USD"], "has no currency"],
    [{ amount: "12.00" }, "has no currency"],
    [{ currency: "USD" }, undecimal],
    [{ amount: 0.1 + 0.2, currency: "USD" }, "has more decimals than its currency, which has 2"],
    [{ amount: 1e21, currency: "USD" }, undecimal],
    [{ amount: -5, currency: "USD" }, "is negative"],
    [Object.create({ amount: "1.00", currency: "USD" }) as unknown, "has no currency"],
  ])("is not %j", (value, reason) => {
    expect(read(value)).toBe(reason);
  });

  it("may have its currency beside it", () => {
    expect(amountOf("5.00", "USD")).toEqual({
      kind: "amount",
      amount: { minorUnits: 500n, currency: "USD" },
    });
    expect(amountOf("5.00", undefined).kind).toBe("not_money");
  });

  it("reads back what it writes, exactly", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        fc.constantFrom("USD", "JPY", "KWD", "CLF"),
        (minorUnits, currency) => {
          const amount = { minorUnits, currency };
          expect(readAmount(amountText(amount))).toEqual({ kind: "amount", amount });
        },
      ),
      runs(300),
    );
  });

  it("a hundred thousand times 0.10 is exactly 10,000.00", () => {
    let sum = 0n;
    for (let count = 0; count < 100_000; count++) {
      const result = readAmount("0.10 USD");
      if (result.kind === "amount") sum += result.amount.minorUnits;
    }
    expect(amountText({ minorUnits: sum, currency: "USD" })).toBe("10000.00 USD");
  });
});

describe("money in conditions", () => {
  const judge = (text: string, amount: unknown) => judgeText(text, { properties: { amount } });
  const over = 'money(action.properties.amount) > money("5000.00 USD")';
  it.each([
    ["5000.00 USD", "false"],
    ["5000.01 USD", "true"],
    ["5000 USD", "false"],
    [{ amount: "5000.01", currency: "USD" }, "true"],
    ["9000.00 EUR", "error: it compares two currencies"],
    ["-1.00 USD", "error: `action.properties.amount` is negative"],
    [
      "much",
      'error: `action.properties.amount` is not an amount with a currency, such as "12.00 USD"',
    ],
    [5001, "error: `action.properties.amount` has no currency"],
  ])("%j against 5000.00 USD: %s", (amount, expected) => {
    expect(judge(over, amount)).toBe(expected);
  });
  it.each([
    ['money("1.10 USD") + money("2.20 USD") == money("3.30 USD")', "true"],
    [
      'money("1 USD") + money(action.properties.amount) == money("1 USD")',
      "error: it adds two currencies",
    ],
    ['money("1 USD") == money(action.properties.amount)', "error: it compares two currencies"],
    ['money("1 USD") != money(action.properties.amount)', "error: it compares two currencies"],
    ['money("1 EUR") >= money(action.properties.amount)', "true"],
    ["money(action.properties.amount) > 5", "refused: types do not fit: Money > int"],
    [
      'money(action.properties.amount) - money("1 EUR") == money("0 EUR")',
      "refused: types do not fit: Money - Money",
    ],
    ['money(5, "USD") == money("5.00 USD")', "true"],
    ['money("5.00 USD") == money("5", "USD")', "true"],
    ['money(context.n, "USD") > money("1.00 USD")', "error: `context.n` is missing"],
  ])("%s → %s", (text, expected) => {
    expect(judge(text, "1.00 EUR")).toBe(expected);
  });
});
