/** Values that fit a schema of ours, and every place in them where one could go wrong. */
import type { SeededRandom } from "../../simulation/seeded-random.ts";
import { CANARY } from "./refusal-oracle.ts";
import type { Node, Path } from "./raw-json.ts";

/** The keywords that the server's schemas use. */
export interface Schema {
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minProperties?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A member that the schema speaks of. */
export interface Place {
  readonly path: Path;
  readonly schema: Schema;
  readonly isRequired: boolean;
  /** Below a choice of schemas, where a misfit may be told of the choice as a whole. */
  readonly isUnderChoice: boolean;
}

const WORDS = ["spare", "night", "a1", "b-2", "chen", "x_y"] as const;
const OTHERS = ["U024BE7LH", "ana@example.com"] as const;
/** Of our ids, behind their prefix. */
const ID_LENGTH = 26;

export function valueFor(schema: Schema, random: SeededRandom): Node {
  if (schema.anyOf !== undefined) return valueFor(random.pick(schema.anyOf), random);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return random.pick(schema.enum);
  switch (schema.type) {
    case "object":
      return objectFor(schema, random);
    case "array":
      return Array.from({ length: (schema.minItems ?? 0) + random.below(3) }, () =>
        valueFor(schema.items ?? {}, random),
      );
    case "string":
      return stringFor(schema, random);
    case "integer":
    case "number":
      return random.between(schema.minimum ?? 0, Math.min(schema.maximum ?? 1e9, 1e9));
    case "boolean":
      return random.chance(0.5);
    default:
      return null;
  }
}

function objectFor(schema: Schema, random: SeededRandom): Node {
  const { properties = {}, required = [], additionalProperties } = schema;
  const members = new Map<string, Node>();
  for (const [key, member] of Object.entries(properties)) {
    if (required.includes(key) || random.chance(0.5)) members.set(key, valueFor(member, random));
  }
  if (additionalProperties === undefined || additionalProperties === false) return members;
  const of = additionalProperties === true ? { type: "string" } : additionalProperties;
  const count = Math.max(schema.minProperties ?? 0, random.below(4));
  for (let index = 0; index < count; index += 1) members.set(`k${index}`, valueFor(of, random));
  return members;
}

function stringFor({ pattern }: Schema, random: SeededRandom): string {
  if (pattern === undefined) return `${CANARY} ${random.pick(WORDS)}`;
  const prefix = /^\^([a-z]+_)/.exec(pattern)?.[1];
  const exact = /\{(\d+),?(\d+)?\}\$$/.exec(pattern);
  const least = exact === null ? 0 : Number(exact[1]);
  if (prefix !== undefined) return prefix + "0".repeat(Math.max(least, ID_LENGTH));
  const long = ["a", "b", "7"].map((last) => "A".repeat(Math.max(0, least - 1)) + last);
  const words = least > 1 ? long : [...WORDS, ...OTHERS];
  const fitting = words.filter((word) => new RegExp(pattern).test(word));
  if (fitting.length === 0) throw new Error(`no value is known here that fits ${pattern}`);
  return random.pick(fitting);
}

/** Every member of the value that its schema describes, the value itself left out. */
export function placesIn(schema: Schema, value: Node): readonly Place[] {
  return walk(schema, value, [], false);
}

function walk(schema: Schema, value: Node, path: Path, isUnderChoice: boolean): readonly Place[] {
  const alternatives = schema.anyOf ?? [schema];
  const isChoice = isUnderChoice || schema.anyOf !== undefined;
  if (!(value instanceof Map)) return [];
  return alternatives.flatMap(({ properties = {}, required = [] }) =>
    Object.entries(properties).flatMap(([key, member]): readonly Place[] => {
      if (!value.has(key)) return [];
      const inside = [...path, key];
      const place = {
        path: inside,
        schema: member,
        isRequired: required.includes(key),
        isUnderChoice: isChoice || member.anyOf !== undefined,
      };
      return [
        place,
        ...walk(member, (value as Map<string, Node>).get(key) ?? null, inside, isChoice),
      ];
    }),
  );
}
