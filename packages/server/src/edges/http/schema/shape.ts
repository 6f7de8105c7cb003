/**
 * A shape: one schema that validates, is documented, and is proven to be the type it claims.
 *
 * The schemas are written once, in TypeBox. `shape<T>()` compiles only where the schema's static
 * type and `T` are the same type, member by member and optional where optional; so a message that
 * gains a member in the protocol cannot be forgotten here, nor the other way round.
 */
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Static, TSchema } from "typebox";

/** Everything readonly and flattened, so that only the shape is compared. */
type Plain<T> = T extends readonly (infer E)[]
  ? readonly Plain<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Plain<T[K]> }
    : T;

/** Identity of types, not mere assignability: `{}` and `{ a?: string }` are told apart. */
type Same<A, B> =
  (<G>() => G extends A ? 1 : 2) extends <G>() => G extends B ? 1 : 2 ? true : false;

export interface Shape<T> {
  readonly name: string;
  /** Named by `$id`, under which the documentation lists it. */
  readonly schema: TSchema;
  fits(value: unknown): value is T;
}

/** A shape with its TypeBox type, so that it can be a part of another. */
export type Part<T, S extends TSchema> = Shape<T> & { readonly schema: S };

type Claim<S extends TSchema, T> =
  Same<Plain<Static<S>>, Plain<T>> extends true
    ? S
    : { readonly "the schema is not this type": [Plain<Static<S>>, Plain<T>] };

/** `shape<SubmitBody>()("SubmitBody", Type.Object(…))`. */
export function shape<T>() {
  return <S extends TSchema>(name: string, schema: S & Claim<S, T>): Part<T, S> =>
    named<T, S>(name, schema);
}

/** A shape whose type is what its schema says. */
export function ownShape<S extends TSchema>(name: string, schema: S): Part<Plain<Static<S>>, S> {
  return named<Plain<Static<S>>, S>(name, schema);
}

/**
 * Ajv, which policy needs anyway: TypeBox's own compiler is 8 MB more of a resting server.
 * `strict` is off because of our `x-…` members; the schemas are ours, so they need no checking.
 */
const ajv = new Ajv2020({
  strict: false,
  strictNumbers: true, // off with `strict`, it would take Infinity for an integer
  validateSchema: false,
  addUsedSchema: false,
  logger: false,
});

/** Answers are never checked while serving, so a check is made when it is first asked for. */
function named<T, S extends TSchema>(name: string, schema: S): Part<T, S> {
  let check: ((value: unknown) => boolean) | null = null;
  return {
    name,
    schema: Object.assign(schema, { $id: name }),
    fits: (value): value is T => {
      if (check === null) {
        check = ajv.compile(withoutNames(schema));
      }
      return check(value);
    },
  };
}

/** A part that is used twice has its name twice, which a validator would call ambiguous. */
function withoutNames(schema: TSchema): object {
  const text = JSON.stringify(schema, (key, value: unknown) => (key === "$id" ? undefined : value));
  return JSON.parse(text) as object;
}
