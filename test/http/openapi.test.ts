/** The description says what the server does: every route, every refusal, every credential. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { PROBLEMS, type ProblemCode } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REFUSALS } from "../../packages/server/src/domain/request/refusal.ts";
import { problemsOf } from "../../packages/server/src/edges/http/openapi.ts";
import { ROUTES } from "../../packages/server/src/edges/http/routes/table.ts";
import { checkout } from "../../scripts/check/step.ts";
import { startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

interface Operation {
  readonly operationId: string;
  readonly security: readonly Record<string, unknown>[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, Record<string, unknown>>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

let server: UnderTest;
let document: Document;
let text: string;

beforeAll(async () => {
  server = await startUnderTest();
  const got = await server.call("GET", "/openapi.json");
  ({ text } = got);
  document = got.body as Document;
});
afterAll(() => server.close());

const operationOf = (method: string, path: string): Operation | undefined =>
  document.paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];

describe("openapi.json", () => {
  it("is OpenAPI 3.1 whose references all lead somewhere", () => {
    expect(document.openapi).toBe("3.1.0");
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(references.length).toBeGreaterThan(100);
    for (const reference of references) {
      expect(reference).toMatch(/^#\/components\/schemas\//);
      const name = reference.slice("#/components/schemas/".length);
      expect(Object.keys(document.components.schemas)).toContain(name);
    }
  });

  it("has every route of the table and no other", () => {
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const declared = ROUTES.map(
      ({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`,
    );
    expect(described.sort()).toEqual(declared.sort());
  });

  it.each(ROUTES.map((route) => [route.id, route] as const))("describes %s", (_id, route) => {
    const operation = operationOf(route.method, route.path);
    expect(operation?.operationId).toBe(route.id);
    const schemes = operation!.security.flatMap((each) => Object.keys(each));
    const wanted = {
      anyone: [],
      identity: ["identityKey"],
      person: ["personToken", "sessionCookie"],
      identity_or_person: ["identityKey", "personToken", "sessionCookie"],
    };
    expect(schemes).toEqual(wanted[route.access.kind]);
    for (const scheme of schemes)
      expect(document.components.securitySchemes).toHaveProperty(scheme);

    const key = operation!.parameters?.find(({ name }) => name === "Idempotency-Key");
    expect(key?.required ?? null).toBe(
      route.keyUse === "none" ? null : route.keyUse === "required",
    );
    expect(operation!.requestBody !== undefined).toBe(route.body !== null);

    const codes = Object.entries(operation!.responses).flatMap(([status, response]) => {
      const listed = (response["x-problem-codes"] ?? []) as ProblemCode[];
      for (const code of listed) expect(String(PROBLEMS[code].status)).toBe(status);
      return listed;
    });
    expect(codes.sort()).toEqual([...problemsOf(route)].sort());
    for (const status of Object.keys(route.answers)) {
      expect(Object.keys(operation!.responses)).toContain(status);
    }
  });

  it.each([
    ["reviewRequest", "review"],
    ["editRequest", "edit"],
    ["askQuestion", "ask"],
    ["retractApproval", "retract"],
    ["extendHold", "extend"],
    ["delegateReview", "delegate"],
    ["resolveOutcome", "resolve"],
    ["interruptRequest", "interrupt"],
    ["overrideQuorum", "override"],
    ["followUp", "follow_up"],
    ["withdrawRequest", "withdraw"],
    ["answerQuestion", "answer"],
    ["redeemGrant", "redeem"],
    ["renewLease", "heartbeat"],
    ["reportOutcome", "report"],
    ["submitRequest", "submit"],
  ] as const)("%s lists every refusal of `%s`", (id, command) => {
    const route = ROUTES.find((each) => each.id === id);
    const listed = new Set<string>(problemsOf(route!));
    // Waiting turns these two into an answer without a redemption.
    const answered = command === "redeem" ? ["not_approved", "not_yet"] : [];
    // To another identity there is no such request (T28).
    const told = REFUSALS[command].map((code) =>
      code === "not_your_request" ? "not_found" : code,
    );
    const wanted = told.filter((code) => !answered.includes(code));
    expect(wanted.filter((code) => !listed.has(code))).toEqual([]);
  });
});

describe("docs/protocol.md", () => {
  it("says what the declarations say", () => {
    const script = join(checkout, "scripts/protocol-page.ts");
    const check = (): string =>
      execFileSync(process.execPath, [script, "--check"], { encoding: "utf8", stdio: "pipe" });
    expect(check).not.toThrow();
  });
});
