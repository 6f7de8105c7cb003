/** What really happened: the effects that a target process lists, in the order they happened. */
export async function effectsAt<Effect>(url: string): Promise<readonly Effect[]> {
  const { effects } = (await (await fetch(url)).json()) as { readonly effects: readonly Effect[] };
  return effects;
}
