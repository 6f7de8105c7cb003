/**
 * How text from agents is shown to people, the same in every channel (T18): nothing that hides,
 * reorders or ends a line stays invisible. Each control, format, separator, lone surrogate or
 * default-ignorable code point becomes a token, `«U+202E»`; a run of one becomes `«U+200B»×65000`.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|[^\S ]|[\u2800\uFFFC]/u;

/** Whether `visibleText` would change it. */
export function hasHiddenText(text: string): boolean {
  return HIDDEN.test(text);
}

/**
 * The text with everything invisible made visible. Complete: nothing is cut.
 * With `keepLines`, line feeds stay as they are; carriage returns never do.
 */
export function visibleText(text: string, options: { readonly keepLines?: boolean } = {}): string {
  if (!hasHiddenText(text)) return text;
  let shown = "";
  let last = "";
  let run = 0;
  const flush = (): void => {
    if (run > 1) shown += `×${run}`;
    last = "";
    run = 0;
  };
  for (const character of text) {
    const hidden = HIDDEN.test(character) && !(options.keepLines === true && character === "\n");
    if (hidden && character === last) {
      run += 1;
      continue;
    }
    flush();
    if (!hidden) {
      shown += character;
      continue;
    }
    shown += token(character);
    last = character;
    run = 1;
  }
  flush();
  return shown;
}

function token(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `«U+${code.toString(16).toUpperCase().padStart(4, "0")}»`;
}
