import { expect, test } from "vitest";
import { returnAddress } from "./return-address.ts";

test("a deep link is gone to after signing in", () => {
  expect(returnAddress("?return=%2Fr%2Freq_1%3Fa%3D1")).toBe("/r/req_1?a=1");
});

test.each([
  "",
  "?return=",
  "?return=%2F%2Fevil.example",
  "?return=%2F%5Cevil.example",
  "?return=https%3A%2F%2Fevil.example",
  "?return=javascript%3Aalert(1)",
  "?return=%2Fsign-in",
])("%s leads nowhere else than to the inbox", (search) => {
  expect(returnAddress(search)).toBe("/inbox");
});
