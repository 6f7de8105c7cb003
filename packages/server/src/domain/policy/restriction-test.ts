/** Restrictions as a test of a request: only what is restricted is looked at. */
import { classificationOf } from "../impact/classification.ts";
import type { Restrictions } from "./compiled-policy.ts";
import type { PolicyInput } from "./model.ts";
import { matchesName, type NamePattern } from "./pattern.ts";

/** Whether a request is one that a rule is about, its action aside. */
export type RestrictionTest = (input: PolicyInput) => boolean;

export function restrictionTest(restrictions: Restrictions): RestrictionTest {
  const { subjectTypes, subjectIds, subjectGroups, resourceTypes, resourceIds, impacts } =
    restrictions;
  const tests: RestrictionTest[] = [];
  if (subjectTypes.length > 0) {
    const names = nameTest(subjectTypes);
    tests.push(({ identity }) => names(identity.type));
  }
  if (subjectIds.length > 0) {
    const names = nameTest(subjectIds);
    tests.push(({ identity }) => names(identity.id));
  }
  if (subjectGroups.length > 0) {
    const names = nameTest(subjectGroups);
    tests.push(({ identity }) => identity.groups.some(names));
  }
  if (resourceTypes.length > 0) {
    const names = nameTest(resourceTypes);
    tests.push(({ revision }) => names(revision.resource.type));
  }
  if (resourceIds.length > 0) {
    const names = nameTest(resourceIds);
    tests.push(({ revision }) => names(revision.resource.id));
  }
  // Last: it costs more than looking at names.
  if (impacts.length > 0) {
    tests.push((input) => impacts.some((each) => classificationOf(input).impacts.includes(each)));
  }
  const [only, ...others] = tests;
  if (only !== undefined && others.length === 0) return only;
  return (input) => tests.every((test) => test(input));
}

function nameTest(patterns: readonly NamePattern[]): (name: string) => boolean {
  const [only, ...others] = patterns;
  if (only !== undefined && others.length === 0) {
    const { stem, isPrefix } = only;
    return isPrefix ? (name) => name.startsWith(stem) : (name) => name === stem;
  }
  return (name) => patterns.some((pattern) => matchesName(pattern, name));
}
