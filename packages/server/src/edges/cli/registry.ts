/** `identity …`, `person …`, `oncall …`: who acts, who decides, and with which credentials. */
import {
  visibleText,
  type EnrolmentView,
  type IdentityView,
  type KeyView,
  type PersonView,
  type SavedIdentityView,
} from "@haltpoint/protocol";
import type { IdentityBody, NewKey, Shift } from "@haltpoint/sdk";
import { argument, type Call } from "./command.ts";
import { CommandFailure, usageFailure } from "./command-failure.ts";
import { withRegistry } from "./open-registry.ts";
import { withBootstrap } from "./bootstrap.ts";
import { RIGHT_NAMES } from "./rights.ts";
import { tableLines } from "./table.ts";
import { clockTime, parseDuration, parseMoment, relativeTime } from "./times.ts";
import { oneOf } from "./acting.ts";

const KEY_LIFETIME_MS = 90 * 86_400_000;

export async function addIdentity(call: Call): Promise<void> {
  const id = argument(call, 0);
  const body = identityBody(call);
  if (body.owner === undefined) {
    throw usageFailure("an identity needs an accountable owner: --owner PERSON");
  }
  const view = await withRegistry(call, (registry) =>
    registry.addIdentity({ id, type: "agent", ...body }),
  );
  call.screen.printJson(view);
  call.screen.print(`Registered ${identityLine(view)}.`);
  tellProposal(call, view);
  call.screen.print(`Next, a key for it: ${call.host.program} identity key add ${visibleText(id)}`);
}

export async function setIdentity(call: Call): Promise<void> {
  const id = argument(call, 0);
  const body = identityBody(call);
  if (Object.keys(body).every((member) => member === "reason"))
    throw usageFailure("say what to change, such as --stage suspended");
  const view = await withRegistry(call, (registry) => registry.changeIdentity(id, body));
  call.screen.printJson(view);
  if (view.proposal === null) call.screen.print(`Changed: ${identityLine(view)}.`);
  else call.screen.print(`Not changed yet: ${identityLine(view)}.`);
  tellProposal(call, view);
}

function tellProposal({ screen }: Call, { id, stage, proposal }: SavedIdentityView): void {
  if (proposal === null) return;
  const until = `Until then \`${visibleText(id)}\` stays ${visibleText(stage)}.`;
  screen.print(`The policy asks for somebody's approval: ${proposal.link}`);
  screen.print(until);
}

export async function listIdentities(call: Call): Promise<void> {
  const views = await withRegistry(call, (registry) => registry.identities());
  call.screen.printJson(views);
  if (views.length === 0) {
    call.screen.print(
      `No identity is registered. Add one: ${call.host.program} identity add ID --owner PERSON`,
    );
    return;
  }
  const titles = ["ID", "TYPE", "OWNER", "STAGE", "MODE", "ASSURANCE", "KEYS"];
  const columns = titles.map((title) =>
    title === "KEYS" ? { title, gives: true as const } : { title },
  );
  const rows = views.map((view) => [
    view.id,
    view.type,
    view.owner,
    view.stage,
    view.mode,
    view.assurance,
    keysText(view.keys),
  ]);
  call.screen.print(tableLines(columns, rows, call.screen.width).join("\n"));
}

function identityBody({ options }: Call): IdentityBody {
  const given: { -readonly [K in keyof IdentityBody]: IdentityBody[K] } = {};
  const [type, owner, stage] = ["type", "owner", "stage"].map((name) => options.text(name));
  if (type !== undefined) given.type = type;
  if (owner !== undefined) given.owner = owner;
  if (stage !== undefined) given.stage = stage;
  const assurance = options.text("assurance");
  if (assurance !== undefined) {
    given.assurance = oneOf(assurance, ["mediated", "cooperative"], "an assurance");
  }
  const mode = options.text("mode");
  if (mode !== undefined) given.mode = oneOf(mode, ["enforce", "shadow"], "a mode");
  const actsFor = options.text("acts-for-people");
  if (actsFor !== undefined) given.acts_for_people = actsFor === "yes";
  const groups = options.list("group");
  if (groups.length > 0) given.groups = groups;
  const labels = options.list("label");
  if (labels.length > 0) given.labels = Object.fromEntries(labels.map(labelOf));
  const reason = options.text("reason");
  if (reason !== undefined) given.reason = reason;
  const may = options.list("may");
  if (may.length > 0) given.may = may.includes("anything") ? null : may;
  return given;
}

function labelOf(text: string): readonly [string, string] {
  const separator = text.indexOf("=");
  if (separator < 1) throw usageFailure(`\`${text}\` is no label: write NAME=VALUE`);
  return [text.slice(0, separator), text.slice(separator + 1)];
}

function identityLine({ id, type, owner, stage, mode }: IdentityView): string {
  const shadow = mode === "shadow" ? ", in shadow mode" : "";
  return `${visibleText(id)} (${visibleText(type)}, owned by ${visibleText(owner)}, ${visibleText(stage)}${shadow})`;
}

function keysText(keys: readonly KeyView[]): string {
  const live = keys.filter(isLive);
  if (live.length === 0) return "none";
  return live
    .map(({ prefix, id, expires_at: at }) => `${prefix}… ${id} until ${clockTime(at)}`)
    .join("; ");
}

function isLive({ revoked_at: revokedAt, expires_at: expiresAt }: KeyView): boolean {
  return revokedAt === null && expiresAt > Date.now();
}

export async function addKey(call: Call): Promise<void> {
  const id = argument(call, 0);
  const expiresInMs = expiryOf(call);
  const issued = await withRegistry(call, (registry) => registry.addKey(id, expiresInMs));
  tellSecret(call, issued, id);
}

export async function revokeKey(call: Call): Promise<void> {
  const [id, keyId] = [argument(call, 0), argument(call, 1)];
  await withRegistry(call, (registry) => registry.revokeKey(id, keyId));
  call.screen.printJson({ revoked: keyId });
  call.screen.print(`Revoked ${visibleText(keyId)}: the next call with it is refused.`);
}

export async function addPerson(call: Call): Promise<void> {
  const id = argument(call, 0);
  const body = { id, name: call.options.text("name") ?? id, rights: rightsOf(call) ?? [] };
  const { view, enrolment } = await withBootstrap(call, async (registry) => ({
    view: await registry.addPerson(body),
    enrolment: await registry.enrol(id, "a first passkey"),
  }));
  call.screen.printJson({ ...view, enrolment });
  call.screen.print(`Registered ${personLine(view)}.`);
  tellLink(call, enrolment, id);
}

/** For who lost their last passkey: they get a link. What they have is not touched. */
export async function recoverPerson(call: Call): Promise<void> {
  const id = argument(call, 0);
  const reason = call.options.text("reason") ?? "recovery";
  const enrolment = await withRegistry(call, (registry) => registry.enrol(id, reason));
  call.screen.printJson({ id, enrolment });
  tellLink(call, enrolment, id);
}

/** Like a secret: shown once, when it is made. */
function tellLink({ screen }: Call, { link, expires_at: at }: EnrolmentView, id: string): void {
  const until = `${clockTime(at)} (${relativeTime(at)})`;
  screen.note(`A link by which ${visibleText(id)} gets a passkey, good once, until ${until}.`);
  screen.note("It is shown this once; give it to nobody else:");
  screen.print(link);
}

export async function setPerson(call: Call): Promise<void> {
  const { options } = call;
  const id = argument(call, 0);
  const rights = rightsOf(call);
  const [disable, enable] = [options.flag("disable"), options.flag("enable")];
  if (disable && enable) throw usageFailure("--disable and --enable contradict each other");
  const view = await withRegistry(call, async (registry) => {
    const known = (await registry.people()).find((each) => each.id === id);
    if (known === undefined) {
      throw new CommandFailure("not_found", `no person \`${visibleText(id)}\` is registered.`);
    }
    return registry.changePerson(id, {
      name: options.text("name") ?? known.name,
      rights: rights ?? known.rights,
      disabled: disable ? true : enable ? false : known.disabled,
    });
  });
  call.screen.printJson(view);
  call.screen.print(`Changed: ${personLine(view)}.`);
}

export async function listPeople(call: Call): Promise<void> {
  const views = await withRegistry(call, (registry) => registry.people());
  call.screen.printJson(views);
  if (views.length === 0) {
    call.screen.print(
      `Nobody is registered. Add the first: ${call.host.program} person add ID --right operator`,
    );
    return;
  }
  const columns = [
    { title: "ID" },
    { title: "NAME" },
    { title: "RIGHTS", gives: true as const },
    { title: "STATE" },
  ];
  const rows = views.map(({ id, name, rights, disabled }) => [
    id,
    name,
    rights.length === 0 ? "none" : rights.join(", "),
    disabled ? "disabled" : "active",
  ]);
  call.screen.print(tableLines(columns, rows, call.screen.width).join("\n"));
}

/** Undefined: nothing was said about rights. `none` takes them all away. */
function rightsOf({ options }: Call): readonly string[] | undefined {
  const given = options.list("right");
  if (given.length === 0) return undefined;
  const named = given.map((right) => oneOf(right, [...RIGHT_NAMES, "none"], "a right"));
  if (!named.includes("none")) return named;
  if (named.length === 1) return [];
  throw usageFailure("`--right none` takes all rights away and stands alone");
}

function personLine({ id, name, rights, disabled }: PersonView): string {
  const held =
    rights.length === 0
      ? "no rights beside reviewing"
      : rights.map((each) => visibleText(each)).join(", ");
  return `${visibleText(id)} (${visibleText(name)}; ${held}${disabled ? "; disabled" : ""})`;
}

/** The one place where a secret is printed: once, when it is made. */
function tellSecret(call: Call, { key, secret }: NewKey, identity: string): void {
  const { screen } = call;
  screen.printJson({ key, secret });
  const until = `${clockTime(key.expires_at)} (${relativeTime(key.expires_at)})`;
  const what = `A key for ${visibleText(identity)}, valid until ${until}`;
  screen.note(`${what}, with the id ${visibleText(key.id)}.`);
  screen.note(
    "It is shown this once and cannot be shown again; put it where HALTPOINT_KEY is read:",
  );
  screen.print(secret);
}

function expiryOf({ options }: Call): number {
  const given = options.text("expires");
  if (given === undefined) return KEY_LIFETIME_MS;
  const ms = parseDuration(given);
  if (ms === undefined)
    throw usageFailure(`\`${given}\` is no duration: write \`8h\`, \`90d\` or \`2w\``);
  return ms;
}

export async function setOnCall(call: Call): Promise<void> {
  const roster = argument(call, 0);
  const nowMs = Date.now();
  const shifts = call.options.list("shift").map((text) => shiftOf(text, nowMs));
  if (shifts.length === 0 && !call.options.flag("nobody")) {
    throw usageFailure("say who is on call: --shift ana=now/12h, or --nobody");
  }
  await withRegistry(call, (registry) => registry.setOnCall(roster, shifts));
  call.screen.printJson({ roster, shifts });
  const lines = shifts.map(({ person, from, until }) => {
    return `  ${visibleText(person)} from ${clockTime(from)} until ${clockTime(until)}`;
  });
  const name = visibleText(roster);
  const text = lines.length === 0 ? `Nobody is on call for ${name}.` : `On call for ${name}:`;
  call.screen.print([text, ...lines].join("\n"));
}

/** `ana=now/12h`, `ana=2026-11-22T08:00Z/2026-11-22T20:00Z`; a duration counts from the beginning. */
function shiftOf(text: string, nowMs: number): Shift {
  const match = /^([^=]+)=([^/]+)\/(.+)$/.exec(text);
  const [, person = "", begin = "", end = ""] = match ?? [];
  const from = parseMoment(begin, { nowMs, ahead: true });
  const until = from === undefined ? undefined : parseMoment(end, { nowMs: from, ahead: true });
  if (match === null || from === undefined || until === undefined) {
    throw usageFailure(
      `\`${text}\` is no shift: write ana=now/12h or ana=2026-11-22T08:00Z/2026-11-22T20:00Z`,
    );
  }
  return { person, from, until };
}
