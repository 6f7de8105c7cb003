/** Reads the threat model, and says where it promises what is not so. */

export interface Threat {
  readonly number: number;
  readonly state: string | null;
  readonly tests: readonly { readonly file: string; readonly title: string }[];
}

const STATES: readonly string[] = ["answered", "partly", "not built"];

export function readThreats(text: string): readonly Threat[] {
  return text
    .split(/^## T/m)
    .slice(1)
    .map((section) => ({
      number: Number.parseInt(section, 10),
      state: STATES.find((state) => section.includes(`\n**${state}**`)) ?? null,
      tests: [...section.matchAll(/^- `([^`]+)`: (.+)$/gm)].map(([, file = "", title = ""]) => ({
        file,
        title,
      })),
    }));
}

/** @param sourceOf the text of a file of the checkout; null where there is none. */
export async function faultsOf(
  { number, state, tests }: Threat,
  sourceOf: (path: string) => Promise<string | null>,
): Promise<readonly string[]> {
  const name = `T${number}`;
  const faults: string[] = [];
  if (state === null) faults.push(`${name}: no state`);
  if (state === "not built" && tests.length > 0) faults.push(`${name}: not built, with a test`);
  if (state !== "not built" && tests.length === 0) faults.push(`${name}: ${state} without a test`);
  for (const { file, title } of tests) {
    const source = await sourceOf(file);
    if (source === null) faults.push(`${name}: no file \`${file}\``);
    else if (!source.includes(title)) faults.push(`${name}: no test \`${title}\` in \`${file}\``);
    else if (!new RegExp(`\\b${name}\\b`).test(source)) {
      faults.push(`${name}: not cited in \`${file}\``);
    }
  }
  return faults;
}
