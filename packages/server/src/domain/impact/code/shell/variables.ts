import { UNKNOWN } from "../characters.ts";
import { CARRIES } from "../carried.ts";
import type { Value } from "./session.ts";
import { plain } from "./session.ts";

/** Values that a variable may have at the same point, e.g. in a loop or after a branch. */
export const MAX_ALTERNATIVES = 4;

const SECRET_NAME =
  /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PASS|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(?:_|$)/iu;

const STANDARD: ReadonlyMap<string, string> = new Map([
  ["HOME", "~"],
  ["IFS", " \t\n"],
  ["PWD", "."],
  ["SHELL", "/bin/bash"],
  ["BASH", "/bin/bash"],
  ["TMPDIR", "/tmp"],
]);

/** The shell's variables as far as they are known without running anything. */
export class Variables {
  readonly #values = new Map<string, readonly Value[]>();

  /** @param perhaps Inside a branch or loop: the earlier values remain possible. */
  set(name: string, value: Value, perhaps: boolean): void {
    const earlier = perhaps ? (this.#values.get(name) ?? []) : [];
    if (earlier.some(({ text }) => text === value.text)) return;
    this.#values.set(name, [value, ...earlier].slice(0, MAX_ALTERNATIVES));
  }

  setAll(name: string, values: readonly Value[]): void {
    this.#values.set(name, values.slice(0, MAX_ALTERNATIVES));
  }

  append(name: string, value: Value): void {
    const earlier = this.#values.get(name) ?? [plain("")];
    this.#values.set(
      name,
      earlier.map((before) => ({
        text: (before.text + value.text).slice(0, 8192),
        carries: before.carries | value.carries,
        content: null,
      })),
    );
  }

  alternatives(name: string): number {
    return this.#values.get(name)?.length ?? 1;
  }

  /** @param variant Which of several possible values. */
  get(name: string, variant: number): Value {
    const values = this.#values.get(name);
    if (values !== undefined && values.length > 0)
      return values[variant % values.length] ?? plain("");
    const standard = STANDARD.get(name);
    if (standard !== undefined) return plain(standard);
    if (SECRET_NAME.test(name)) return { text: UNKNOWN, carries: CARRIES.secret, content: null };
    return plain(UNKNOWN);
  }

  known(name: string): boolean {
    return this.#values.has(name);
  }
}
