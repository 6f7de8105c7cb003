/** Signing a command line in, allowed in a browser. */
import {
  askForCli,
  collectCliToken,
  decideAskingCli,
  viewAskingCli,
} from "../../../app/cli-authorizations.ts";
import { ANYONE, PERSON } from "../access.ts";
import { created, ok, route, type Route } from "../route.ts";
import {
  CliAskedShape,
  CliAuthorizationBodyShape,
  CliAuthorizationShape,
  CliDecisionBodyShape,
  CliDecisionShape,
  CliTokenBodyShape,
  CliTokenShape,
} from "../schema/cli-shapes.ts";

export const CLI_ROUTES: readonly Route[] = [
  route({
    id: "askForCli",
    method: "POST",
    path: "/v1/cli/authorizations",
    tag: "people",
    summary: "Begin signing a command line in; somebody has to allow it in a browser",
    access: ANYONE,
    key: "none",
    // No page sends this; another site's page that does is told from its Origin all the same.
    origin: "if_sent",
    body: CliAuthorizationBodyShape,
    answers: { 201: CliAuthorizationShape },
    async run({ edge, body, address }) {
      return created(await askForCli(edge.app, { label: body.label, address }));
    },
  }),
  route({
    id: "collectCliToken",
    method: "POST",
    path: "/v1/cli/token",
    tag: "people",
    summary: "The token of a command line, once somebody has allowed it; given this once",
    access: ANYONE,
    key: "none",
    origin: "if_sent",
    body: CliTokenBodyShape,
    answers: { 200: CliTokenShape },
    problems: ["sign_in_failed"],
    async run({ edge, body }) {
      const collected = await collectCliToken(edge.app, body.device_code);
      return collected.ok ? ok(collected.value) : collected;
    },
  }),
  route({
    id: "viewAskingCli",
    method: "GET",
    path: "/v1/cli/authorizations/:user_code",
    tag: "people",
    summary: "The command line that waits with this code",
    access: PERSON,
    answers: { 200: CliAskedShape },
    problems: ["not_found", "channel_not_allowed", "too_many_requests"],
    async run({ edge, principal, params }) {
      // Codes are short, so that nobody may try many.
      edge.attempts.count(`cli_code:${principal.id}`);
      const viewed = await viewAskingCli(edge.app, principal, params["user_code"] ?? "");
      return viewed.ok ? ok(viewed.value) : viewed;
    },
  }),
  route({
    id: "decideAskingCli",
    method: "POST",
    path: "/v1/cli/authorizations/:user_code",
    tag: "people",
    summary: "Allow or refuse the command line that waits with this code to act as me",
    access: PERSON,
    key: "none",
    body: CliDecisionBodyShape,
    answers: { 200: CliDecisionShape },
    problems: ["not_found", "channel_not_allowed", "too_many_requests"],
    async run({ edge, principal, params, body }) {
      edge.attempts.count(`cli_code:${principal.id}`);
      const order = { userCode: params["user_code"] ?? "", allow: body.allow };
      const decided = await decideAskingCli(edge.app, principal, order);
      return decided.ok ? ok(decided.value) : decided;
    },
  }),
];
