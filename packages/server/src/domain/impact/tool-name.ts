/** What a tool's name says: its leading verb, and what that verb is done to. */
import {
  classesOf,
  isAmbiguous,
  isReadNoun,
  namesSecret,
  verbOf,
  type ObjectClass,
  type Verb,
} from "./lexicon.ts";
import type { Confidence, Impact } from "./model.ts";
import { stemOf, wordsOf } from "./words.ts";

/** An impact that words speak of, before it is known where they stood. */
export interface Spoken {
  readonly impact: Impact;
  readonly confidence: Confidence;
}

/** What a phrase says of an effect. */
export interface Phrase {
  readonly access: "read" | "write" | "unknown";
  readonly impacts: readonly Spoken[];
  readonly objects: ReadonlySet<ObjectClass>;
  /** Runs what its arguments say; what they say is then the better witness. */
  readonly runsCode: boolean;
}

/** Two words that are one verb. */
const JOINED: ReadonlyMap<string, string> = new Map([
  ["check out", "checkout"],
  ["shut down", "shutdown"],
  ["hand off", "handoff"],
  ["hand over", "handoff"],
  ["roll back", "rollback"],
  ["top up", "topup"],
  ["cash out", "cashout"],
  ["pay out", "payout"],
  ["pay off", "pay"],
  ["turn off", "disable"],
  ["turn on", "enable"],
  ["switch off", "disable"],
  ["switch on", "enable"],
  ["look up", "lookup"],
  ["opt out", "unsubscribe"],
  ["clean up", "purge"],
  ["gift card", "giftcard"],
  ["api key", "apikey"],
  ["pass word", "password"],
]);

/** The words of one segment; unknown ones that are a verb and a noun glued together are parted. */
function partedWords(segment: string): readonly string[] {
  const words = wordsOf(segment).flatMap(unglued);
  const joined: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const pair = JOINED.get(`${word} ${words[at + 1] ?? ""}`);
    joined.push(pair ?? word);
    if (pair !== undefined) at += 1;
  }
  return joined;
}

const LONGEST_VERB = 12;

function unglued(word: string): readonly string[] {
  if (word.length < 6 || word.length > 40 || isKnown(word)) return [word];
  for (let length = Math.min(LONGEST_VERB, word.length - 3); length >= 3; length -= 1) {
    const rest = word.slice(length);
    if (verbOf(word.slice(0, length)) !== undefined && isKnown(rest)) {
      return [word.slice(0, length), rest];
    }
  }
  return [word];
}

function isKnown(word: string): boolean {
  return verbOf(word) !== undefined || classesOf(word).size > 0 || isReadNoun(word);
}

const LONGEST_NAME = 300;

/** What the name says; total for every string. */
export function readName(name: string, resourceType = ""): Phrase {
  const segments = name
    .slice(0, LONGEST_NAME)
    .split(/[./:]|__/)
    .map(partedWords)
    .filter((words) => words.length > 0);
  const lead = leadOf(segments);
  const all = segments.flat();
  const resource = partedWords(resourceType.slice(0, LONGEST_NAME));
  if (lead === null) {
    return {
      ...phraseOf(undefined, "", [...resource, ...all]),
      runsCode: runsCode(undefined, "", all),
    };
  }
  const own = segments[lead.segment] ?? [];
  const context = segments.flatMap((words, at) => (at === lead.segment ? [] : words));
  const objects = [...own.slice(0, lead.at), ...own.slice(lead.at + 1), ...context];
  const said = phraseOf(lead.verb, lead.word, [...resource, ...objects]);
  const more = own.flatMap((word, at) => (at > lead.at ? also(own, word, at) : []));
  return {
    access: [said, ...more].some(({ access }) => access === "write") ? "write" : said.access,
    impacts: [said, ...more].flatMap(({ impacts }) => impacts),
    objects: said.objects,
    runsCode: said.runsCode || more.some((phrase) => phrase.runsCode),
  };
}

const CONJUNCTIONS = new Set(["and", "or", "then"]);

/** A second verb after a conjunction: `read_and_delete`. */
function also(words: readonly string[], word: string, at: number): readonly Phrase[] {
  const verb = verbOf(word);
  if (verb === undefined || verb.access === "read" || !CONJUNCTIONS.has(words[at - 1] ?? ""))
    return [];
  if (isAmbiguous(word) && (words[at + 1] === undefined || isReadNoun(words[at + 1] ?? "")))
    return [];
  return [phraseOf(verb, word, words.slice(at + 1))];
}

interface Lead {
  readonly verb: Verb;
  readonly word: string;
  readonly segment: number;
  readonly at: number;
}

/** The leading verb: first word of the last segment that begins with one, then any sure verb. */
function leadOf(segments: readonly (readonly string[])[]): Lead | null {
  for (let segment = segments.length - 1; segment >= 0; segment -= 1) {
    const words = segments[segment] ?? [];
    const first = words[0] ?? "";
    const verb = verbOf(first);
    const nounly = isAmbiguous(first) && isReadNoun(words.at(-1) ?? "");
    const noun =
      isAmbiguous(first) && (laterVerb(words) || (words.length === 1 && ledBefore(segments)));
    if (verb !== undefined && !nounly && !noun) return { verb, word: first, segment, at: 0 };
  }
  for (let segment = segments.length - 1; segment >= 0; segment -= 1) {
    const words = segments[segment] ?? [];
    const at = words.findIndex((word) => verbOf(word) !== undefined && !isAmbiguous(word));
    const verb = verbOf(words[at] ?? "");
    if (verb !== undefined) return { verb, word: words[at] ?? "", segment, at };
  }
  return nounlyLead(segments);
}

/** `message_delete`: an ambiguous first word is a noun where a sure verb ends the segment. */
function laterVerb(words: readonly string[]): boolean {
  const last = words.at(-1) ?? "";
  return words.length > 1 && verbOf(last) !== undefined && !isAmbiguous(last);
}

/** `purge.queue`: the last of several segments is a noun where one before it leads with a sure verb. */
function ledBefore(segments: readonly (readonly string[])[]): boolean {
  return segments
    .slice(0, -1)
    .some(([first = ""]) => verbOf(first) !== undefined && !isAmbiguous(first));
}

/** `chat_list_rooms`, `bank_transfer`: only words that may be verbs; those before another word first. */
function nounlyLead(segments: readonly (readonly string[])[]): Lead | null {
  const segment = segments.length - 1;
  const words = segments[segment] ?? [];
  if (words.length < 2 || isReadNoun(words.at(-1) ?? "")) return null;
  const inside = words.findIndex((word, at) => at < words.length - 1 && verbOf(word) !== undefined);
  const at = inside === -1 ? words.length - 1 : inside;
  const verb = verbOf(words[at] ?? "");
  return verb === undefined ? null : { verb, word: words[at] ?? "", segment, at };
}

/** What a verb done to these words says. Without a verb, only a noun of looking tells: a read. */
export function phraseOf(verb: Verb | undefined, word: string, around: readonly string[]): Phrase {
  const words = beforePreposition(around);
  const objects = new Set(words.flatMap((each) => [...classesOf(each)]));
  const runs = runsCode(verb, word, words);
  if (verb === undefined) {
    const looks = !runs && isReadNoun(words.at(-1) ?? "");
    return { access: looks ? "read" : "unknown", impacts: secrets(words), objects, runsCode: runs };
  }
  if (verb.access === "read") {
    return { access: runs ? "write" : "read", impacts: secrets(words), objects, runsCode: runs };
  }
  if (isHandoff(word, around)) return { access: "write", impacts: [], objects, runsCode: false };
  return {
    access: "write",
    impacts: writeImpacts(verb, word, words, objects),
    objects,
    runsCode: runs,
  };
}

const PREPOSITIONS = new Set(["by", "using", "with", "for", "via", "without", "as"]);

function beforePreposition(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => PREPOSITIONS.has(word));
  return at > 0 ? words.slice(0, at) : words;
}

/** What is said about a secret and does not hold it: the last noun of English names what it is. */
const ABOUT_SECRETS = new Set(
  "alert scan scanning audit event report finding type category".split(" "),
);

function secrets(words: readonly string[]): readonly Spoken[] {
  const head = words.at(-1) ?? "";
  if (!namesSecret(words) || isReadNoun(head) || ABOUT_SECRETS.has(stemOf(head))) return [];
  return [{ impact: "secret_access", confidence: "high" }];
}

const HANDOFF_VERBS = new Set(["transfer", "escalate", "handoff", "connect", "forward", "route"]);

/** Handing the conversation to a person moves no money and tells nobody outside. */
function isHandoff(verb: string, words: readonly string[]): boolean {
  if (!HANDOFF_VERBS.has(verb)) return false;
  const classes = words.map((word) => classesOf(word));
  return classes.some((each) => each.has("handoff")) && !classes.some((each) => each.has("money"));
}

const RUN_VERBS = new Set(
  "run exec execute eval evaluate interpret start launch invoke spawn".split(" "),
);

/** A shell, an interpreter, or a verb of running that is done to code. */
function runsCode(verb: Verb | undefined, word: string, words: readonly string[]): boolean {
  const code = words.some((each) => classesOf(each).has("code"));
  if (RUN_VERBS.has(word)) return code || words.length === 0;
  return verb === undefined && (code || classesOf(word).has("code"));
}

const BARE_RUN: ReadonlySet<string> = new Set([
  "run",
  "execute",
  "start",
  "launch",
  "invoke",
  "trigger",
]);

/** To run an analysis is to look. */
const LOOKING = new Set(
  "test check scan search analysis report diagnostic simulation benchmark".split(" "),
);

function writeImpacts(
  verb: Verb,
  word: string,
  words: readonly string[],
  objects: ReadonlySet<ObjectClass>,
): readonly Spoken[] {
  const found: Spoken[] = [];
  const say = (impact: Impact, confidence: Confidence): void => {
    found.push({ impact, confidence });
  };
  const trifling = objects.has("harmless") && [...objects].every((each) => TRIFLES.has(each));
  if (verb.impact !== undefined) {
    const moved = word === "transfer" && objects.size > 0 && !objects.has("money");
    const sure = trifling || moved || BARE_RUN.has(word) ? "low" : (verb.confidence ?? "low");
    const pays = verb.impact === "external_communication" && isOnlyMoney(objects);
    const looks = BARE_RUN.has(word) && words.some((each) => LOOKING.has(stemOf(each)));
    if (!pays && !looks && (!trifling || verb.impact === "destruction")) say(verb.impact, sure);
  }
  if (word === "draft" || words.some((each) => stemOf(each) === "draft")) return found;
  if (objects.has("money") && !READS_MONEY.has(word)) say("spend", "high");
  else if (objects.has("business")) say("spend", "low");
  const secret = namesSecret(words);
  if (secret || word === "rotate") say("secret_access", "high");
  else if (changesPeople(verb, word)) {
    if (objects.has("identity")) say("privilege_change", identitySure(words));
    // To let records of people out changes nothing in them, and is said as what it is.
    else if (objects.has("person_record") && verb.impact !== "data_release") {
      say("privilege_change", "low");
    }
  }
  if (objects.has("guard")) say("privilege_change", "low");
  if (objects.has("message") && MAKES.has(word)) say("external_communication", "low");
  if (PUBLISHES.has(word) || (MAKES.has(word) && words.some((each) => PUBLIC.has(stemOf(each))))) {
    say("data_release", "low");
  }
  if (word === "apply" && objects.size === 0) say("code_execution", "low");
  return found;
}

const TRIFLES: ReadonlySet<ObjectClass> = new Set(["harmless", "message", "event"]);
/** To note or to mark something about money moves none. */
const READS_MONEY = new Set(["log", "tag", "label", "record", "mark", "note", "draft", "remember"]);
const MAKES = new Set(
  "create add make compose submit write new schedule place issue put post send update upload".split(
    " ",
  ),
);

/** What is sent is money, and no message about it. */
function isOnlyMoney(objects: ReadonlySet<ObjectClass>): boolean {
  return objects.has("money") && !objects.has("message");
}

const LEAVES_PEOPLE = new Set(
  "follow unfollow like rate flag react vote mark view greet rank".split(" "),
);

/** To write to a user, or to pay one, changes nothing about who they are or what they may. */
function changesPeople({ impact }: Verb, word: string): boolean {
  if (word === "invite") return true;
  return impact !== "external_communication" && impact !== "spend" && !LEAVES_PEOPLE.has(word);
}

const PUBLISHES = new Set("publish tweet retweet broadcast announce".split(" "));
/** What is put here is for anybody to read. */
const PUBLIC = new Set(
  "tweet blog webpage website story feed newsletter press forum public article".split(" "),
);

const SETTINGS = new Set("preference setting note theme status task language".split(" "));

/** A user's preference is not the user: it may matter, and most often does not. */
function identitySure(words: readonly string[]): Confidence {
  return words.some((word) => SETTINGS.has(stemOf(word))) ? "low" : "high";
}
