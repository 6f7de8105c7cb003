/** Which findings of the classifier were read from what nobody is shown (T28). */
import type { JsonPath } from "@haltpoint/protocol";

/** Where an argument is, from the root of the revision. */
export function placeOf(argument: string): string {
  return `action.properties.${argument}`;
}

/**
 * @param openings the sensitive fields of the revision
 * @returns whether what is at this place is sensitive, a part of it, or has a part that is
 */
export function hiddenPlaces(
  openings: readonly { readonly path: JsonPath }[],
): (place: string) => boolean {
  const hidden = openings.map(({ path }) => path.map(String));
  return (place) => {
    const keys = place.split(".");
    return hidden.some((each) =>
      each.every((key, at) => keys[at] === undefined || keys[at] === key),
    );
  };
}
