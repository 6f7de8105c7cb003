/** What is not as it should be; the example ends with it. */
export class Surprise extends Error {
  override readonly name = "Surprise";
}

export function check(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new Surprise(otherwise);
}
