/**
 * The life of an identity: its stages, and what each change of its registration is called, so that a
 * policy can name it. A change that only takes away is never asked about; one that gives may be.
 */

import { STAGES, type Stage } from "@haltpoint/protocol";

/** In any other stage an identity starts nothing, whatever a policy says. */
export const ACTING_STAGES: ReadonlySet<string> = new Set<Stage>(["active", "probation"]);

/** Its end: from here no change leads back. */
export const LAST_STAGE: Stage = "offboarded";

/** Begins the name of every change. */
export const CHANGE_PREFIX = "identity.";

/** What a change is called. A policy's rules that name it decide whether it needs somebody else. */
export const GOVERNED_CHANGES = [
  "identity.provision",
  "identity.activate",
  "identity.end_probation",
  "identity.resume",
  "identity.reactivate",
  "identity.offboard",
  "identity.change_privilege",
  "identity.transfer",
  "identity.recertify",
] as const;
export type GovernedChange = (typeof GOVERNED_CHANGES)[number];

/** `none`: takes away only, and happens at once. `never`: no such change. */
type StageChange = GovernedChange | "none" | "never";

/** From a stage, to each of the others. */
const STAGE_CHANGES: Readonly<Record<Stage, Readonly<Partial<Record<Stage, StageChange>>>>> = {
  requested: {
    // Whatever the stage: out of suspension or dormancy fewer may be asked than for a new identity.
    provisioned: "identity.provision",
    probation: "identity.provision",
    active: "identity.provision",
    suspended: "identity.provision",
    dormant: "identity.provision",
    offboarded: "identity.offboard",
  },
  provisioned: {
    requested: "none",
    probation: "identity.activate",
    active: "identity.activate",
    suspended: "none",
    dormant: "none",
    offboarded: "identity.offboard",
  },
  probation: {
    requested: "none",
    provisioned: "none",
    active: "identity.end_probation",
    suspended: "none",
    dormant: "none",
    offboarded: "identity.offboard",
  },
  active: {
    requested: "none",
    provisioned: "none",
    probation: "none",
    suspended: "none",
    dormant: "none",
    offboarded: "identity.offboard",
  },
  suspended: {
    // Out of suspension there is one way, or it would be gone round by way of another stage.
    requested: "identity.resume",
    provisioned: "identity.resume",
    probation: "identity.resume",
    active: "identity.resume",
    dormant: "identity.resume",
    offboarded: "identity.offboard",
  },
  dormant: {
    requested: "none",
    provisioned: "identity.reactivate",
    probation: "identity.reactivate",
    active: "identity.reactivate",
    suspended: "none",
    offboarded: "identity.offboard",
  },
  offboarded: {
    requested: "never",
    provisioned: "never",
    probation: "never",
    active: "never",
    suspended: "never",
    dormant: "never",
  },
};

/** What the registry holds of an identity that a change can be about. */
export interface Registration {
  readonly type: string;
  readonly owner: string;
  readonly stage: string;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly actsForPeople: boolean;
  readonly assurance: string;
  readonly mode: string;
  readonly may: readonly string[] | null;
}

/** Every member of it. */
export const MEMBERS = [
  "stage",
  "type",
  "owner",
  "groups",
  "labels",
  "actsForPeople",
  "assurance",
  "mode",
  "may",
] as const satisfies readonly (keyof Registration)[];

/** Says when somebody last recertified the identity; a time in RFC 3339. */
const RECERTIFIED = "recertified";

/** One change, and the members it is about. */
export interface NamedChange {
  readonly action: GovernedChange;
  readonly fields: readonly (keyof Registration)[];
}

/** What a change of stage is called. */
export function stageChange(before: string, after: string): StageChange {
  if (before === after) return "none";
  if (!isStage(before) || !isStage(after)) return "identity.change_privilege";
  return STAGE_CHANGES[before][after] ?? "none";
}

/** What is to be decided about a change, each by itself. Empty: it takes away only. */
export function namedChanges(before: Registration, after: Registration): readonly NamedChange[] {
  const stage = stageChange(before.stage, after.stage);
  const privileges = PRIVILEGES.filter(({ by }) => by(before, after)).map(({ field }) => field);
  const labels = changedLabels(before, after);
  const isRecertified = labels.length === 1 && labels[0] === RECERTIFIED;
  if (labels.length > 0 && !isRecertified) privileges.push("labels");
  return [
    ...(stage === "none" || stage === "never" ? [] : [named(stage, fieldsOf(stage))]),
    ...(privileges.length === 0 ? [] : [named("identity.change_privilege", privileges)]),
    ...(before.owner === after.owner ? [] : [named("identity.transfer", ["owner"])]),
    ...(isRecertified ? [named("identity.recertify", ["labels"])] : []),
  ];
}

/**
 * What policy decides by, and which changes of it may ask for less. Of a group, a label or a type only
 * policy knows which way it points: any change of these.
 */
export const PRIVILEGES: readonly {
  readonly field: keyof Registration;
  readonly by: (before: Registration, after: Registration) => boolean;
}[] = [
  { field: "type", by: (before, after) => before.type !== after.type },
  { field: "groups", by: (before, after) => !isSame(before.groups, after.groups) },
  // On, the person acted for has a say where policy gives them one; off, nobody knows whom it acts for
  // and who must therefore not approve.
  {
    field: "actsForPeople",
    by: (before, after) => before.actsForPeople !== after.actsForPeople,
  },
  {
    field: "assurance",
    by: (before, after) =>
      before.assurance !== after.assurance && after.assurance !== "cooperative",
  },
  { field: "mode", by: (before, after) => before.mode !== after.mode && after.mode !== "enforce" },
  { field: "may", by: (before, after) => !isWithin(after.may, before.may) },
];

/** Names of labels that are added, taken away or different. */
export function changedLabels(before: Registration, after: Registration): readonly string[] {
  const names = new Set([...Object.keys(before.labels), ...Object.keys(after.labels)]);
  return [...names].filter((name) => labelOf(before, name) !== labelOf(after, name)).sort();
}

/** Whether it may act before a change and not after: what it was granted and runs ends with it. */
export function stopsActing(before: Registration, after: Registration): boolean {
  return ACTING_STAGES.has(before.stage) && !ACTING_STAGES.has(after.stage);
}

/** Nobody has seen yet what a new identity is registered as: all of it is approved, not its stage alone. */
function fieldsOf(change: GovernedChange): NamedChange["fields"] {
  return change === "identity.provision" ? MEMBERS : ["stage"];
}

function named(action: GovernedChange, fields: readonly (keyof Registration)[]): NamedChange {
  return { action, fields };
}

function isStage(stage: string): stage is Stage {
  return STAGES.some((each) => each === stage);
}

function labelOf({ labels }: Registration, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

/** Null: anything. */
function isWithin(after: Registration["may"], before: Registration["may"]): boolean {
  if (before === null) return true;
  return after !== null && after.every((each) => before.includes(each));
}

function isSame(before: readonly string[], after: readonly string[]): boolean {
  return JSON.stringify([...before].sort()) === JSON.stringify([...after].sort());
}
