/** Amounts, accounts and recipients among the arguments. */
import { isCard, isIban, looksLikeIban } from "./detectors.ts";
import type { Evidence } from "./evidence.ts";
import { namesPayee } from "./fields.ts";
import type { Leaf } from "./leaves.ts";
import { hostsIn, isKnownAccount, isOwnDomain, isPhone, mailDomains } from "./recipients.ts";

const MONEY =
  /^\s*(?:[A-Z]{3}|[$€£¥₹])?\s?-?\d[\d,. ]{0,20}\s?(?:[A-Z]{3}|[$€£¥₹]|dollars?|euros?|pounds?)?\s*$/i;
const MARKED_MONEY =
  /^\s*(?:(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|INR|CNY|[$€£¥₹])\s?-?\d[\d,.]{0,20}|-?\d[\d,.]{0,20}\s?(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|INR|CNY|[$€£¥₹]|dollars|euros|pounds))\s*$/i;

interface Seen {
  readonly amounts: Leaf[];
  readonly accounts: Leaf[];
  readonly recipients: Leaf[];
  readonly bodies: Leaf[];
}

/** Reads who gets something and how much, over all arguments. */
export function readMoneyAndPeople(evidence: Evidence, leaves: readonly Leaf[]): void {
  const seen: Seen = { amounts: [], accounts: [], recipients: [], bodies: [] };
  for (const leaf of leaves) sort(evidence, leaf, seen);
  sayPayments(evidence, seen);
  sayMessages(evidence, seen);
}

function sort(evidence: Evidence, leaf: Leaf, seen: Seen): void {
  const { role, value } = leaf;
  if (typeof value === "boolean" || value === "") return;
  const text = String(value);
  if (role === "amount" ? MONEY.test(text) : typeof value === "string" && MARKED_MONEY.test(text)) {
    seen.amounts.push(leaf);
  }
  if (isAccount(leaf, text)) {
    seen.accounts.push(leaf);
    if (looksLikeIban(text) && !isKnownAccount(text, evidence.organisation))
      evidence.isOutside(text);
  }
  if (role === "body") seen.bodies.push(leaf);
  if (typeof value !== "string") return;
  if (role === "recipient" || isReached(evidence, leaf, text)) {
    seen.recipients.push(leaf);
    sayOutside(evidence, text);
  }
}

function isAccount({ role }: Leaf, text: string): boolean {
  if (role === "account") return true;
  if (text.length < 12 || text.length > 42 || role === "body" || role === "prose") return false;
  return isIban(text) || (isCard(text.replace(/[ -]/g, "")) && /[ -]/.test(text));
}

/** A contact or an address is a recipient where the tool sends, shares or invites. */
function isReached({ tool }: Evidence, { role }: Leaf, text: string): boolean {
  if (role === "body" || role === "prose" || text.length > 320) return false;
  const reaches =
    tool.messages || tool.releases || tool.objects.has("event") || tool.objects.has("identity");
  if (role === "contact") return reaches;
  return reaches && tool.access !== "read" && /^[^\s@]{1,64}@[^\s@]{3,}$/.test(text);
}

const LONGEST = 4000;

function sayOutside(evidence: Evidence, whole: string): void {
  const text = whole.slice(0, LONGEST);
  const { organisation } = evidence;
  for (const domain of mailDomains(text)) {
    if (!isOwnDomain(domain, organisation)) evidence.isOutside(text.length <= 320 ? text : domain);
  }
  if (!text.includes("@")) {
    for (const host of hostsIn(text))
      if (!isOwnDomain(host, organisation)) evidence.isOutside(host);
    if (isPhone(text) && !isKnownAccount(text, organisation)) evidence.isOutside(text);
  }
}

function sayPayments(evidence: Evidence, { amounts, accounts, recipients }: Seen): void {
  const amount = amounts[0];
  const payee = accounts[0] ?? recipients[0];
  if (amount === undefined) {
    if (evidence.tool.spends)
      for (const leaf of [...accounts, ...recipients]) evidence.decisive.add(leaf.path);
    return;
  }
  if (!evidence.writes && ![...accounts, ...recipients].some(isPayee)) return;
  const isSure = evidence.writes && (payee !== undefined || evidence.tool.spends);
  evidence.raiseAccess("write");
  for (const leaf of amounts.slice(0, 3))
    evidence.add("spend", isSure ? "high" : "low", leaf, "An amount");
  for (const leaf of amounts) evidence.decisive.add(leaf.path);
  for (const leaf of [...accounts, ...recipients]) evidence.decisive.add(leaf.path);
}

/** Enough to contradict a name that reads: a field that names who is paid, or an account's number. */
function isPayee({ key, value }: Leaf): boolean {
  return namesPayee(key) || looksLikeIban(String(value));
}

/** Enough to contradict a name that reads: an address, not only a word. */
function isAddressed({ value }: Leaf): boolean {
  const text = String(value);
  return mailDomains(text).length > 0 || isPhone(text) || hostsIn(text).length > 0;
}

function sayMessages(evidence: Evidence, { recipients, bodies }: Seen): void {
  const { tool } = evidence;
  const first = recipients[0];
  if (first === undefined) return;
  const isRead = tool.access === "read";
  if (isRead && (bodies.length === 0 || !recipients.some(isAddressed))) return;
  const addressed = recipients.filter(({ role }) => role === "recipient");
  if (isRead || (!tool.messages && addressed.length > 0)) {
    evidence.raiseAccess("write");
    evidence.add("external_communication", "low", addressed[0] ?? first, "Somebody is addressed");
  }
  const sendsSurely = tool.findings.some(
    ({ impact, confidence }) => impact === "external_communication" && confidence === "high",
  );
  if (sendsSurely && evidence.outside.size > 0) {
    evidence.add("external_communication", "high", first, "Sent outside the organisation");
  }
  for (const leaf of recipients) evidence.decisive.add(leaf.path);
}
