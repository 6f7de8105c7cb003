/** The bounded worlds that are walked, each small enough to be walked whole. */
import type { RequestLimits } from "../../packages/server/src/domain/request/commands.ts";
import {
  CONFIRMATIONS,
  LIMITS,
  MEMBERSHIPS,
  REGISTRATIONS,
  type Confirmation,
  type Membership,
  type PersonId,
  type Registration,
} from "./cast.ts";
import type { PolicyName } from "./policies.ts";

export interface Scenario {
  readonly name: string;
  /** What policy may say at submit. */
  readonly first: readonly PolicyName[];
  /** What policy may say of an edit, or when it is asked again. */
  readonly later: readonly PolicyName[];
  readonly reviewers: readonly PersonId[];
  readonly editors: readonly PersonId[];
  readonly editsMax: number;
  readonly memberships: readonly Membership[];
  readonly confirmations: readonly Confirmation[];
  readonly registrations: readonly Registration[];
  readonly stepUps: readonly ("none" | "passkey")[];
  /** Questions, extensions and delegations are asked for. */
  readonly patience: boolean;
  readonly overrides: boolean;
  readonly halts: boolean;
  readonly interrupters: readonly boolean[];
  readonly releaseOnly: boolean;
  readonly callerReturns: boolean;
  readonly actsForPeople: boolean;
  readonly onBehalfOf: string | null;
  /** Null: longer than anything here lasts. */
  readonly lifetimeMs: number | null;
  readonly limits: RequestLimits;
}

const BASE: Scenario = {
  name: "",
  first: ["one"],
  later: ["one"],
  reviewers: ["ana"],
  editors: [],
  editsMax: 0,
  memberships: ["full"],
  confirmations: ["all"],
  registrations: ["active"],
  stepUps: ["none"],
  patience: false,
  overrides: false,
  halts: false,
  interrupters: [true],
  releaseOnly: false,
  callerReturns: true,
  actsForPeople: false,
  onBehalfOf: null,
  lifetimeMs: null,
  limits: LIMITS,
};

const scenario = (name: string, over: Partial<Scenario>): Scenario => ({ ...BASE, ...over, name });

export const SCENARIOS: readonly Scenario[] = [
  scenario("policy decides", {
    first: ["allow", "deny", "missing", "no obligations", "veto or nothing"],
    later: ["allow", "deny", "one", "veto", "no obligations", "veto or nothing"],
    registrations: ["active", "suspended", "gone"],
    interrupters: [true, false],
    memberships: ["full", "nobody"],
    halts: true,
    callerReturns: false,
  }),
  scenario("a release-only point", {
    first: ["allow", "one"],
    later: ["allow", "one"],
    releaseOnly: true,
    halts: true,
    overrides: true,
  }),
  scenario("a veto window", {
    first: ["veto", "longer veto"],
    later: ["allow", "veto", "longer veto", "one", "deny"],
    interrupters: [true, false],
    halts: true,
  }),
  scenario("one reviewer", {
    first: ["one", "one, undo"],
    later: ["one", "strict", "deny", "one, undo"],
    reviewers: ["ana", "bo"],
    memberships: ["full", "ana left"],
    registrations: ["active", "given to ana", "offboarded"],
  }),
  scenario("halts", {
    first: ["one, undo"],
    later: ["one", "longer veto"],
    memberships: ["full", "nobody"],
    halts: true,
  }),
  scenario("a short lifetime", {
    later: ["one", "two"],
    reviewers: ["ana", "bo"],
    memberships: ["full", "ana left"],
    lifetimeMs: 5,
    callerReturns: false,
  }),
  scenario("two of one group", {
    first: ["two in finance"],
    later: ["two in finance", "one"],
    reviewers: ["ana", "bo"],
    memberships: ["full", "ana left", "nobody"],
    confirmations: ["all", "all but ana", "none"],
  }),
  scenario("two groups that overlap", {
    first: ["undo"],
    later: ["undo", "one"],
    reviewers: ["ana", "bo", "cy"],
    memberships: ["full", "ana left", "only bo", "nobody"],
    patience: true,
  }),
  scenario("confirmed by the person acted for", {
    first: ["self"],
    later: ["self", "one", "allow"],
    reviewers: ["pat", "ana"],
    memberships: ["full", "nobody"],
    confirmations: ["all", "none"],
    actsForPeople: true,
    onBehalfOf: "pat",
    overrides: true,
    halts: true,
  }),
  scenario("the person acted for is not known", {
    first: ["self", "one"],
    later: ["one"],
    reviewers: ["pat", "ana"],
    actsForPeople: true,
  }),
  scenario("the person acted for is only claimed", {
    first: ["self", "one", "owner may"],
    later: ["one", "owner may"],
    reviewers: ["pat", "own", "ana"],
    onBehalfOf: "pat",
  }),
  scenario("passkey, reason and confirmation", {
    first: ["strict"],
    later: ["strict", "two"],
    reviewers: ["ana", "bo"],
    stepUps: ["none", "passkey"],
    memberships: ["full", "ana left"],
    overrides: true,
  }),
  scenario("edits", {
    first: ["editable", "editable, two"],
    later: ["allow", "editable", "editable, two", "deny", "without ana"],
    reviewers: ["ana", "bo"],
    editors: ["ana", "bo"],
    editsMax: 2,
    memberships: ["full", "ana left", "only bo"],
  }),
  scenario("the editor may approve", {
    first: ["editor approves"],
    later: ["allow", "editor approves", "editable"],
    reviewers: ["ana", "bo"],
    editors: ["ana"],
    editsMax: 2,
    memberships: ["full", "nobody"],
  }),
  scenario("a veto window on a hold", {
    first: ["editable, veto"],
    later: ["editable, veto", "editable", "two", "longer veto"],
    reviewers: ["ana", "bo"],
    editors: ["bo"],
    editsMax: 1,
    halts: true,
  }),
  scenario("escalation", {
    first: ["escalates"],
    later: ["escalates", "allow"],
    reviewers: ["ana", "lea"],
    editors: ["ana"],
    editsMax: 1,
    memberships: ["full", "ana left", "nobody"],
  }),
  scenario("questions and extensions", {
    first: ["patient"],
    later: ["patient", "allow"],
    editors: ["bo"],
    editsMax: 1,
    memberships: ["full", "nobody"],
    patience: true,
    lifetimeMs: 7,
  }),
  scenario("override", {
    first: ["two", "editable, veto"],
    later: ["two", "deny", "allow"],
    overrides: true,
    halts: true,
    limits: { ...LIMITS, followUpMs: 4, redemptionsMax: 1 },
  }),
];

/** The same world with every group, every registration, halts and overrides; for the campaign. */
export function widened(narrow: Scenario): Scenario {
  return {
    ...narrow,
    memberships: MEMBERSHIPS,
    confirmations: CONFIRMATIONS,
    registrations: REGISTRATIONS,
    halts: true,
    overrides: true,
  };
}
