/**
 * What a tool's description says. It is the requester's text: it may raise what the name says, never
 * lower it, and descriptions of reads speak of writing all the time, so only where a sentence leads
 * with a verb of writing, or promises an effect, is it believed.
 */
import { classesOf, isAmbiguous, verbOf, type Verb } from "./lexicon.ts";
import type { Confidence, Impact } from "./model.ts";
import { phraseOf, type Phrase, type Spoken } from "./tool-name.ts";
import { plainText, stemOf } from "./words.ts";

const LONGEST = 4000;

const FILLERS = new Set(
  `this that the a an tool function method endpoint api action command helper utility use used call
   will can may it to lets let you allows allow agent user which permanently immediately securely safely
   quickly automatically irreversibly directly please when be is by for`.split(/\s+/),
);

/** Ends what a verb is done to: `Delete a file from the drive`. */
const STOPS = new Set(
  `from in on at with by using for of to into via that which who as based if when where within
   including and or then so after before about whether`.split(/\s+/),
);

const DETERMINERS = new Set(
  `a an the this that all any your their its his her new given one some specified multiple each every
   selected existing provided several specific more these those our`.split(/\s+/),
);

export interface Described {
  /** What the first sentence leads with; null: no verb that is known. */
  readonly lead: Phrase | null;
  /** Effects that any sentence promises. They count where the name is not a read. */
  readonly promised: readonly Spoken[];
  /** Says that it cannot be undone. */
  readonly permanent: boolean;
}

export function readDescription(description: string): Described {
  const text = plainText(description.slice(0, LONGEST));
  const lower = text.toLowerCase();
  const promised = PROMISES.flatMap(([pattern, impact, confidence]) =>
    pattern.test(lower) ? [{ impact, confidence }] : [],
  );
  return {
    lead: leadingPhrase(lower),
    promised,
    permanent: /\b(?:permanently|irreversibl[ey]|cannot be (?:undone|reversed|recovered))\b/.test(
      lower,
    ),
  };
}

/** What sentences promise beside their leading verb. Linear: no repeated part overlaps another. */
const PROMISES: readonly (readonly [RegExp, Impact, Confidence])[] = [
  [
    /\b(?:sends?|emails?|notif(?:y|ies)|notifying|messages?) (?:an? |the |all |new |out |each |every )*(?:emails?|e-mails?|messages?|notifications?|invitations?|invites?|sms|participants?|attendees?|recipients?|customers?|subscribers?)\b/,
    "external_communication",
    "low",
  ],
  [
    /\b(?:charges?|debits?|deducts?|bills?|refunds?|pays?) (?:an? |the |all |any |their |this |from |off |back )*(?:customer|user|card|account|amount|balance|money|funds?|fees?|price|cost|difference|payment|invoice)\b|\badd(?:s|ing|ed)? [a-z ]{0,20}to [a-z' ]{0,30}\b(?:bill|invoice)\b/,
    "spend",
    "low",
  ],
  [
    /\b(?:executes?|runs?|evaluates?) (?:an? |the |any |your |arbitrary |given |provided )*(?:shell|bash|python|javascript|sql|system|terminal|os|code|commands?|scripts?)\b/,
    "code_execution",
    "low",
  ],
  [
    /\b(?:grants?|gives?|elevates?) (?:an? |the |them |full |user |users |admin )*(?:access|permissions?|privileges?|rights|roles?)\b/,
    "privilege_change",
    "low",
  ],
  [
    /\b(?:deletes?|erases?|wipes?|destroys?) (?:all|every|the entire|everything)\b/,
    "destruction",
    "low",
  ],
];

const WORD = /[\p{L}][\p{L}'’-]*/gu;
const LOOKED_AT = 24;

function leadingPhrase(lower: string): Phrase | null {
  const sentence = lower.split(/[.!?\n]/, 1)[0] ?? "";
  const words = (sentence.match(WORD) ?? []).slice(0, LOOKED_AT);
  const at = words.findIndex((word) => !FILLERS.has(word));
  const said = words[at];
  if (said === undefined) return null;
  const verb = verbSaid(said, words[at + 1]);
  if (verb === null) return null;
  const rest = words.slice(at + 1);
  const stop = rest.findIndex((word) => STOPS.has(word));
  const objects = (stop === -1 ? rest : rest.slice(0, stop)).filter(
    (word) => !DETERMINERS.has(word),
  );
  const phrase = phraseOf(verb.verb, verb.word, [
    ...objects.slice(0, 6).flatMap((word) => word.split(/['’-]/)),
    ...(HANDS_OVER.has(verb.word) ? rest : []),
  ]);
  return verb.verb.access === "read" ? { ...phrase, impacts: [] } : phrase;
}

const HANDS_OVER = new Set(["transfer", "escalate", "handoff", "connect", "forward"]);

/** `returns` is how reads are described; `order details` is no order. */
function verbSaid(said: string, next: string | undefined): { verb: Verb; word: string } | null {
  const word = verbOf(said) === undefined ? stemOf(said) : said;
  const verb = verbOf(word);
  if (verb === undefined) return null;
  if (stemOf(said) === "return") return { verb: { access: "read" }, word: "get" };
  const isThirdPerson = said !== word;
  if (isAmbiguous(word) && !isThirdPerson && !(next !== undefined && startsObject(next)))
    return null;
  return { verb, word };
}

function startsObject(word: string): boolean {
  return DETERMINERS.has(word) || STOPS.has(word) || classesOf(word).has("identity");
}
