/**
 * Letters that look like Latin ones. Not the whole of Unicode's table (UTS 39): the letters that
 * imitate a name or a key well enough to be taken for it, and nothing that raises an alarm about
 * ordinary Russian or Greek.
 */

/** Each pair: letters of other writing systems, and the Latin letter they are taken for. */
const LOOKS_LIKE: readonly (readonly [letters: string, latin: string])[] = [
  ["аɑα", "a"],
  ["АΑᎪ", "A"],
  ["ЬВΒᏴ", "B"],
  ["ƅ", "b"],
  ["сϲ", "c"],
  ["СϹᏟ", "C"],
  ["ԁ", "d"],
  ["Ꭰ", "D"],
  ["еҽ", "e"],
  ["ЕΕᎬ", "E"],
  ["ſ", "f"],
  ["Ϝ", "F"],
  ["ցɡ", "g"],
  ["ԌᏀ", "G"],
  ["һհ", "h"],
  ["НΗᎻ", "H"],
  ["іıι", "i"],
  ["ІΙӀ", "I"],
  ["јϳ", "j"],
  ["ЈᎫͿ", "J"],
  ["κ", "k"],
  ["КΚᏦ", "K"],
  ["ӏ", "l"],
  ["Ꮮ", "L"],
  ["МΜᎷ", "M"],
  ["ոո", "n"],
  ["Ν", "N"],
  ["оοօσ", "o"],
  ["ОΟՕ", "O"],
  ["рρ", "p"],
  ["РΡᏢ", "P"],
  ["ԛզ", "q"],
  ["Ԛ", "Q"],
  ["г", "r"],
  ["Ꮢ", "R"],
  ["ѕ", "s"],
  ["ЅՏᏚ", "S"],
  ["ТΤᎢ", "T"],
  ["υսս", "u"],
  ["Ս", "U"],
  ["νѵ", "v"],
  ["ѴᏙ", "V"],
  ["ԝω", "w"],
  ["ԜᎳ", "W"],
  ["хχ", "x"],
  ["ХΧ", "X"],
  ["уγ", "y"],
  ["УΥҮ", "Y"],
  ["ᴢ", "z"],
  ["ΖᏃ", "Z"],
];

const LATIN: ReadonlyMap<string, string> = new Map(
  LOOKS_LIKE.flatMap(([letters, latin]) => [...letters].map((letter) => [letter, latin] as const)),
);

/** The Latin letter that one of another writing system looks like. */
export function latinLookalike(letter: string): string | undefined {
  return LATIN.get(letter);
}

/** What is invisible, and what sets words apart in keys, tells no two keys apart. */
const APART = /[\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}_\-./:\u2800]/gu;
const ALIKE: Readonly<Record<string, string>> = { I: "l", "1": "l", "|": "l", "0": "o" };

/**
 * What a key looks like at a glance: two keys with one skeleton may be taken for each other. Equal
 * for keys that differ by invisible characters, accents, case, look-alike letters or separators.
 */
function skeleton(key: string): string {
  let text = "";
  for (const letter of key.normalize("NFKD").replace(APART, "")) {
    const latin = LATIN.get(letter) ?? letter;
    text += ALIKE[latin] ?? latin.toLowerCase();
  }
  return text.replaceAll("rn", "m").replaceAll("vv", "w");
}

/** Keys of one object that may be taken for each other, each group once, in the order given. */
export function lookalikeKeys(keys: readonly string[]): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const key of keys) {
    const like = skeleton(key);
    const group = groups.get(like);
    if (group === undefined) groups.set(like, [key]);
    else group.push(key);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}
