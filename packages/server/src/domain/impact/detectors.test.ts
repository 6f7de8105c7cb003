import { describe, expect, it } from "vitest";
import { isCard, isIban, personalIn, secretIn, statesSecret } from "./detectors.ts";
import { isOwnDomain, linkedHosts, mailDomains } from "./recipients.ts";
import { ACME } from "./testing/calls.ts";

describe("secrets by their shape (T28)", () => {
  it.each([
    `AKIA${"IOSFODNN7EXAMPLE"}`,
    `gho_${"x9".repeat(18)}`,
    `glpat-${"a1_b".repeat(6)}`,
    `xoxb-${"12345-".repeat(4)}abc`,
    `sk_live_${"a1".repeat(12)}`,
    `AIza${"a1-B_".repeat(7)}`,
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjMifQ.${"aB3_".repeat(5)}`,
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "https://pat:hunter22@db.example/x",
  ])("are found in a text: %s", (secret) => {
    expect(secretIn(`take ${secret} and go`)).not.toBeNull();
  });

  it.each([
    "AKIAlbany",
    "sk-short",
    "a task-force of public keys",
    "https://pat@rival.example",
    "eyJust a word",
  ])("are not seen in “%s”", (text) => {
    expect(secretIn(text)).toBeNull();
  });

  it("are stated in prose, and a talk about them is none", () => {
    expect(statesSecret("The password is tr0ub4dor")).toBe(true);
    expect(statesSecret("security code: 463921")).toBe(true);
    expect(statesSecret("the password is required")).toBe(false);
    expect(statesSecret("token of my gratitude in 2026")).toBe(false);
  });
});

describe("personal numbers by their check digits", () => {
  it("are cards and accounts, with spaces or without", () => {
    expect(isCard("4111111111111111")).toBe(true);
    expect(isCard("4111111111111112")).toBe(false);
    expect(isIban("GB82 WEST 1234 5698 7654 32")).toBe(true);
    expect(isIban("GB83 WEST 1234 5698 7654 32")).toBe(false);
    expect(personalIn("pay with 4111-1111-1111-1111")).toBe("a payment card number");
    expect(personalIn("her passport is X1234567")).toBe("an identity document's number");
  });

  it.each([
    "order 1234567890123456",
    "call 0049 89 1234567",
    "2026-05-19 12:00",
    "version 1.2.3",
    "passport office",
  ])("are not in “%s”", (text) => {
    expect(personalIn(text)).toBeNull();
  });
});

describe("who is outside", () => {
  it("is told by whole labels of a domain", () => {
    expect(isOwnDomain("ACME.example", ACME)).toBe(true);
    expect(isOwnDomain("mail.acme.example", ACME)).toBe(true);
    expect(isOwnDomain("notacme.example", ACME)).toBe(false);
    expect(isOwnDomain("acme.example.rival.example", ACME)).toBe(false);
    expect(isOwnDomain("localhost", ACME)).toBe(true);
  });

  it("is read from addresses and links, and a mail address is no link", () => {
    expect(mailDomains("Pat <pat@Rival.example>, bo@acme.example")).toEqual([
      "rival.example",
      "acme.example",
    ]);
    expect(linkedHosts("see www.rival.com/x or https://other.example:8080")).toEqual([
      "other.example",
      "www.rival.com",
    ]);
    expect(linkedHosts("write to pat@rival.com. Bye")).toEqual([]);
  });
});
