/**
 * What one story prints. Stories may be played at the same time; each is read as if it were alone,
 * so its lines are kept until everything before it has been printed.
 */
export class Transcript {
  #kept: string[] | null = [];
  #scenes = 0;

  get scenes(): number {
    return this.#scenes;
  }

  /** Prints what was kept, and from now on everything at once. */
  open(): void {
    for (const line of this.#kept ?? []) console.log(line);
    this.#kept = null;
  }

  print(text: string): void {
    if (this.#kept === null) console.log(text);
    else this.#kept.push(text);
  }

  story(title: string): void {
    this.print(`\n${"━".repeat(80)}\n${title}\n${"━".repeat(80)}`);
  }

  scene(title: string): void {
    this.#scenes += 1;
    this.print(`\n── ${title} ${"─".repeat(Math.max(0, 76 - title.length))}`);
  }

  /** What is not typed or said by anybody: what happens, and what was counted. */
  tell(text: string): void {
    this.print(`\n   ${text}`);
  }
}
