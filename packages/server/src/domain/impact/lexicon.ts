/**
 * What English verbs and nouns of tool names say about an effect. General words only: nothing here
 * knows a product or a tool.
 */
import type { Confidence, Impact } from "./model.ts";
import { stemOf } from "./words.ts";

/** What a verb does: `read` changes nothing; `write` changes something, its noun says what. */
export interface Verb {
  readonly access: "read" | "write";
  readonly impact?: Impact;
  readonly confidence?: Confidence;
}

const split = (text: string): readonly string[] => text.trim().split(/\s+/);

const READ = split(`
  get list read search find fetch lookup query show view describe check count calculate compute
  compare summarize summarise analyze analyse explain inspect retrieve browse preview ping is has
  can does think estimate recommend suggest monitor watch observe track scan detect identify locate
  parse extract translate classify filter sort diff help echo wait sleep peek tail head grep glob
  stat ls cat select aggregate measure plot render screenshot visit crawl scrape load lint validate
  verify whoami enumerate discover decode format tokenize convert rank predict forecast evaluate
  test probe trace profile poll receive pull see ask what which who when where how solve determine
  examine audit review display print return download navigate goto scroll hover consult simulate
  average sum multiply divide subtract learn recall survey diagnose troubleshoot match cd wc du df
  pwd ps plan reason answer study peruse gauge
`);

const ORDINARY_WRITE = split(`
  create add insert update set modify edit change write save put patch append rename move copy make
  place process issue file open apply submit register schedule reschedule upsert import merge commit
  mark label tag log record store remember draft compose note pin star like react vote follow join
  leave accept sign complete finish reopen sync link attach connect configure adjust increase
  decrease raise lower bump extend renew replace give build generate manage handle control do
  perform prepare queue enqueue touch mkdir new initialize init setup amend correct fix fill click
  press type drag escalate handoff resume continue flag report upvote downvote unfollow rate tune
  switch toggle turn alter rewrite exchange return hold unhold confirm finalize dispatch take play
  capture skip fork mv cp login logout signin signout authenticate snooze mute unmute acknowledge
  ack transition triage resolve seat pick prescribe administer adopt arrange favorite favourite
`);

const WITH_IMPACT: readonly (readonly [Impact, Confidence, string])[] = [
  [
    "destruction",
    "high",
    `delete remove drop purge destroy wipe erase truncate terminate cancel revoke uninstall discard
     decommission deprovision kill expunge shred void evict ban expel kick deregister unregister prune
     trash del rm rmdir unpublish annul nuke offboard destruct`,
  ],
  [
    "destruction",
    "low",
    `archive close stop disable suspend clear reset overwrite deactivate abort reject deny block freeze
     flush empty shutdown detach unlink unsubscribe retire expire restore rollback revert reformat pause
     lock decline disarm reboot restart force unassign disconnect quarantine`,
  ],
  [
    "spend",
    "high",
    `pay purchase buy refund reimburse donate deposit wire invest sell bid charge book reserve checkout
     order rent subscribe prepay payout remit disburse tip topup recharge trade lease transfer cashout
     repay withdraw stake mint fund`,
  ],
  ["spend", "low", "redeem upgrade downgrade refill hire rebook claim dispute bill swap"],
  [
    "external_communication",
    "high",
    `send email mail message reply forward tweet retweet broadcast announce dm sms fax dial post respond
     publish`,
  ],
  [
    "external_communication",
    "low",
    "notify comment contact text phone call invite nudge remind chat mention request",
  ],
  ["data_release", "high", "export share upload leak expose exfiltrate disclose dump"],
  ["data_release", "low", "release push replicate backup mirror"],
  [
    "privilege_change",
    "high",
    `grant authorize authorise promote demote elevate delegate impersonate assume entitle sudo provision
     onboard chmod chown`,
  ],
  [
    "privilege_change",
    "low",
    `assign permit allow unlock unblock enable activate reactivate whitelist allowlist approve enroll
     unfreeze unsuspend trust`,
  ],
  ["secret_access", "high", "decrypt reveal unseal rotate rekey"],
  ["code_execution", "high", "exec execute eval install spawn run"],
  ["code_execution", "low", "invoke launch deploy trigger start rollout scale"],
];

const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ...READ.map((word) => [word, { access: "read" }] as const),
  ...ORDINARY_WRITE.map((word) => [word, { access: "write" }] as const),
  ...WITH_IMPACT.flatMap(([impact, confidence, words]) =>
    split(words).map((word) => [word, { access: "write", impact, confidence }] as const),
  ),
]);

/** Words that name a thing as often as an act: verbs only where a verb must stand. */
const AMBIGUOUS: ReadonlySet<string> = new Set(
  split(`
    email mail message post share report log list order book transfer export charge bill text call
    comment query file record note label tag review release access address key backup dump upload
    download process display contact phone view test profile trace issue force lock lease deposit
    wire trade bid tip fax sms chat build switch rate hold quote claim dispute format filter head
    tail cat type trust void draft star pin vote sign return exchange load link store purchase
    refund schedule start stop run reply forward help audit like stat monitor track rent visit watch
    block empty sort count setup plot trigger queue press control hire trash swap mint plan stake
    invite pause function patch copy fund take play match archive scale pull request
  `),
);

/** Things, by what changing them means. */
export type ObjectClass =
  | "money"
  | "business"
  | "identity"
  | "person_record"
  | "secret"
  | "message"
  | "event"
  | "guard"
  | "code"
  | "harmless"
  | "handoff";

const OBJECTS_BY_CLASS: Readonly<Record<ObjectClass, string>> = {
  money: `money payment fund funds cash payout transaction invoice refund salary payroll remittance
    deposit withdrawal donation purchase expense reimbursement certificate voucher coupon credit
    bonus bill charge fee crypto stock trade giftcard gift checkout payable dividend wage
    compensation debit wire bitcoin`,
  business: `order reservation booking subscription plan flight trip hotel room ride insurance loan
    mortgage card balance limit claim dispute contract passenger baggage luggage item price discount
    budget vendor supplier payee beneficiary shipping shipment line quote license licence seat
    rental reward point loyalty warranty return exchange delivery bank savings checking portfolio
    position tax product inventory`,
  identity: `user member membership role permission privilege access scope admin administrator owner
    ownership collaborator acl iam principal identity oauth sso mfa guest superuser entitlement
    grant maintainer visibility delegation impersonation rbac`,
  person_record: `account customer profile client employee patient subscriber address tenant
    personal person enrollment resident student beneficiary prescription medication dosage treatment
    diagnosis medical`,
  secret: `secret credential password passwd passphrase pin otp token apikey vault passcode passkey
    keystore keyring cvv`,
  message: `email mail message sms text tweet post reply notification announcement newsletter dm
    invitation invite chat letter fax webpage page campaign broadcast webhook call voicemail review`,
  event: "event meeting appointment calendar participant attendee invitee interview",
  guard: `policy firewall security dns domain cors vpn gateway whitelist allowlist blocklist rule
    webhook network subnet route hook guardrail approval door gate lock garage camera surveillance
    authentication authorization encryption retention cron ingress egress`,
  code: `command script shell code terminal bash python javascript node powershell cmd sql repl
    notebook sh zsh program statement snippet console interpreter ipython jupyter exec`,
  harmless: `note draft todo task reminder memory label tag reaction bookmark favorite cart filter
    log tab window cache temp tmp emoji highlight annotation checklist alarm timer playlist
    clipboard scratchpad thought`,
  handoff: "human agent operator representative supervisor support person department",
};

const OBJECTS: ReadonlyMap<string, ReadonlySet<ObjectClass>> = (() => {
  const classes = new Map<string, Set<ObjectClass>>();
  for (const [name, words] of Object.entries(OBJECTS_BY_CLASS)) {
    for (const word of split(words)) {
      const known = classes.get(word) ?? new Set<ObjectClass>();
      known.add(name as ObjectClass);
      classes.set(word, known);
    }
  }
  return classes;
})();

/** Nouns that end the name of something to look at. */
const READ_NOUNS: ReadonlySet<string> = new Set(
  split(`
    info information details detail status history summary count stats statistics forecast weather time
    date version docs documentation balance lookup overview metadata schema preview availability listing
    usage metrics health readme policy requirement requirements strength expiry price rate tree snapshot list map news rating catalog catalogue menu
    profile search log timeline feed level temperature location coordinates
  `),
);

/** Qualifiers that make a `key` or a `code` something secret. */
const KEY_QUALIFIERS: ReadonlySet<string> = new Set(
  split("api private access secret ssh signing encryption master recovery backup security auth"),
);

const NONE: ReadonlySet<ObjectClass> = new Set();

/** The verb that a word is, in its base form; to undo what is known changes something as well. */
export function verbOf(word: string): Verb | undefined {
  const known = VERBS.get(word);
  if (known !== undefined || !/^un[a-z]{3,}/.test(word)) return known;
  return VERBS.get(word.slice(2))?.access === "write" ? { access: "write" } : undefined;
}

export function isAmbiguous(word: string): boolean {
  return AMBIGUOUS.has(word);
}

export function classesOf(word: string): ReadonlySet<ObjectClass> {
  return OBJECTS.get(word) ?? OBJECTS.get(stemOf(word)) ?? NONE;
}

export function isReadNoun(word: string): boolean {
  return READ_NOUNS.has(word);
}

/** Whether the words name something secret: a password, or an API key, but not a sort key. */
export function namesSecret(words: readonly string[]): boolean {
  return words.some((word, at) => {
    if (classesOf(word).has("secret")) return !isCountedToken(words, at);
    if (stemOf(word) !== "key" && stemOf(word) !== "code") return false;
    return KEY_QUALIFIERS.has(words[at - 1] ?? "");
  });
}

const COUNTED = new Set(
  split("usage count limit page next max min total budget cost price stats sync"),
);

/** Tokens of a language model or of paging, which are no secret. */
function isCountedToken(words: readonly string[], at: number): boolean {
  if (stemOf(words[at] ?? "") !== "token") return false;
  return (
    COUNTED.has(words[at - 1] ?? "") || COUNTED.has(words[at + 1] ?? "") || words[at] === "tokens"
  );
}
