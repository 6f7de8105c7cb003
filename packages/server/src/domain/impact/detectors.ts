/** Values that show by themselves what they are: keys and tokens, card and account numbers. */

const MARKED =
  /AKIA|ASIA|gh[oprsu]_|github_pat_|glpat-|xox[a-z]-|sk[-_]|rk_live|AIza|npm_|hf_|SG\.|eyJ|PRIVATE KEY|:\/\/[^/\s]{1,200}@|dop_v1_|AccountKey=/;

const TOKENS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/, "a private key"],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, "a cloud access key"],
  [
    /\b(?:gh[oprsu]_[A-Za-z0-9]{30,255}|github_pat_\w{40,255}|glpat-[\w-]{20,100})/,
    "a repository token",
  ],
  [/\bxox[a-z]-[\w-]{20,200}/, "a chat token"],
  [/\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,200}/, "a payment key"],
  [/\bsk-[\w-]{20,200}/, "an API key"],
  [/\bAIza[\w-]{35}/, "an API key"],
  [/\b(?:npm_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{30,60}|dop_v1_[a-f0-9]{64})\b/, "an access token"],
  [/\bSG\.[\w-]{16,64}\.[\w-]{16,64}/, "a mail key"],
  [/\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}/, "a signed token"],
  [/:\/\/[^/\s:@]{1,100}:[^/\s@]{3,100}@/, "a password in an address"],
  [/\bAccountKey=[A-Za-z0-9+/=]{40,200}/, "a storage key"],
];

/** What kind of secret the text holds, in words; null: none that is known by its shape. */
export function secretIn(text: string): string | null {
  if (!MARKED.test(text)) return null;
  return TOKENS.find(([shape]) => shape.test(text))?.[1] ?? null;
}

const STATED =
  /\b(?:passwords?|passwd|secret(?: key)?|api[ _-]?key|access[ _-]?key|security code|one[ -]time code|verification code|recovery code|passcode|token|pin(?: code)?)(?: is|:|=| =| :|'s)\s{0,3}["'`]?(?=[^\s"'`]{0,40}[0-9])[^\s"'`]{4,100}/i;

/** Whether prose states a secret: “the password is …”. */
export function statesSecret(text: string): boolean {
  return STATED.test(text);
}

const DIGITS = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g;
const IBANS = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g;
const NATIONAL =
  /\b(?:ssn|social security|national id|id[ _]?number|passport|tax id|driver'?s? licen[cs]e)\b[^\n]{0,30}?\b(?=[A-Z]{0,3}\d)[A-Z\d][A-Z\d-]{5,14}\b/i;

/** What personal number the text holds, in words; null: none whose check holds. */
export function personalIn(text: string): string | null {
  if (!/\d{4}/.test(text)) return null;
  for (const [run] of text.matchAll(DIGITS)) {
    if (isCard(run.replace(/[ -]/g, ""))) return "a payment card number";
  }
  for (const [run] of text.matchAll(IBANS)) if (isIban(run)) return "a bank account number";
  return NATIONAL.test(text) ? "an identity document's number" : null;
}

/** Luhn's check, and a length and first digit that cards have. */
export function isCard(digits: string): boolean {
  if (!/^[2-6]\d{12,18}$/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    const counted = at % 2 === 1 ? digit * 2 : digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}

/** ISO 13616: the remainder by 97 is 1. */
export function isIban(text: string): boolean {
  const compact = text.replace(/ /g, "").toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(compact)) return false;
  let remainder = 0;
  for (const letter of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(letter, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** An account number by its shape: its check digits may be wrong, a payment there is one all the same. */
export function looksLikeIban(text: string): boolean {
  return /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(text.replace(/ /g, "").toUpperCase());
}
