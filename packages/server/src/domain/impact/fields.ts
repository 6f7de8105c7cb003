/** What an argument is for, told from its name. */
import { stemOf, wordsOf } from "./words.ts";

export type Role =
  | "amount"
  | "currency"
  | "recipient"
  | "contact"
  | "account"
  | "url"
  | "secret"
  | "privilege"
  | "command"
  | "code"
  | "sql"
  | "body"
  | "prose"
  | "limit"
  | "flag"
  | "action"
  | "path"
  | "target"
  | "other";

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Looked up by the whole name first, then by its last word, then by any word. */
const WHOLE: ReadonlyMap<string, Role> = new Map(
  (
    [
      ["recipient", "to cc bcc sendto mailto forwardto replyto toemail toaddress dmto"],
      [
        "other",
        "pagetoken nextpagetoken nexttoken continuationtoken cursortoken maxtokens token_count zipcode",
      ],
      [
        "other",
        "postcode postalcode countrycode areacode languagecode currencycode errorcode statuscode",
      ],
      [
        "other",
        "promocode couponcode dialcode airportcode color colour accounttype contenttype filetype",
      ],
      [
        "secret",
        "apikey privatekey accesskey secretkey accesstoken refreshtoken authtoken bearertoken",
      ],
      [
        "secret",
        "clientsecret newpassword oldpassword connectionstring recoverycode authorization",
      ],
      [
        "privilege",
        "isadmin accesslevel permissionlevel policydocument cidr cidrblock sourcerange sourceranges",
      ],
      ["privilege", "anyonecanedit linksharing sharetype ispublic assumerolepolicy authmode"],
      [
        "account",
        "paymentmethod paymentmethodid paymentid cardnumber accountnumber accountid walletaddress",
      ],
      [
        "action",
        "httpmethod requestmethod operationtype actiontype toolname functionname methodname actionname",
      ],
      ["code", "sourcecode pythoncode jscode codesnippet codeblock"],
      ["command", "commandline shellcommand"],
      ["limit", "pagesize batchsize perpage"],
      ["path", "filepath filename dirpath"],
    ] as const
  ).flatMap(([role, names]) => words(names).map((name) => [name, role] as const)),
);

const LAST: ReadonlyMap<string, Role> = new Map(
  (
    [
      ["amount", "amount price total cost sum fee payment tip salary subtotal budget money fare"],
      ["currency", "currency"],
      ["recipient", "recipient participant attendee invitee guest addressee receiver"],
      ["contact", "email mail phone mobile fax contact telephone msisdn channel"],
      ["account", "iban account beneficiary payee routing wallet bic swift payer card"],
      [
        "url",
        "url uri link endpoint webhook host hostname domain callback href site website server origin",
      ],
      ["secret", "password passwd secret credential passphrase pin cvv otp passcode token pwd"],
      [
        "privilege",
        "role permission scope acl privilege visibility policy grant public admin sudo access entitlement",
      ],
      ["command", "command cmd script bash shell commandline"],
      ["code", "code snippet program"],
      ["sql", "sql statement query"],
      ["body", "body content text message html markdown caption payload data document"],
      [
        "prose",
        "subject title description summary note comment reason memo topic headline prompt instruction",
      ],
      ["limit", "limit n count top first row result take"],
      ["flag", "force cascade overwrite purge permanent permanently hard destroy"],
      ["action", "action operation op method verb"],
      ["path", "path file dir directory folder"],
      ["target", "id identifier name key ref reference target user username person customer"],
    ] as const
  ).flatMap(([role, names]) => words(names).map((name) => [name, role] as const)),
);

const PAYEES = new Set("recipient payee beneficiary receiver".split(" "));

/** Whether the name says who is paid; a bare `to` may be a language or a currency. */
export function namesPayee(name: string): boolean {
  return wordsOf(name.slice(0, 120)).some((word) => PAYEES.has(stemOf(word)));
}

const KNOWN_NAMES = 4096;
const known = new Map<string, Role>();

/** The role of a property's name; remembered for up to 4,096 names. */
export function roleOf(name: string): Role {
  const before = known.get(name);
  if (before !== undefined) return before;
  const role = roleFromWords(wordsOf(name.slice(0, 120)));
  if (known.size >= KNOWN_NAMES) known.clear();
  if (name.length <= 120) known.set(name, role);
  return role;
}

function roleFromWords(parts: readonly string[]): Role {
  const whole = WHOLE.get(parts.join("")) ?? WHOLE.get(parts.slice(-2).join(""));
  if (whole !== undefined) return whole;
  const last = parts.at(-1) ?? "";
  const role = LAST.get(last) ?? LAST.get(stemOf(last));
  if (role === "target") return fromAnyWord(parts, role);
  return role ?? fromAnyWord(parts, "other");
}

/** `recipient_id`, `iban_to`: the rest of the name says whose. */
function fromAnyWord(parts: readonly string[], otherwise: Role): Role {
  for (const part of parts) {
    const role = LAST.get(part) ?? LAST.get(stemOf(part));
    if (role === "recipient" || role === "account" || role === "amount" || role === "secret") {
      return role === "secret" ? otherwise : role;
    }
  }
  return parts[0] === "to" ? "recipient" : otherwise;
}
