/** Who is named in the arguments, and whether they are the organisation's own. */
import type { Organisation } from "./model.ts";
import { plainText } from "./words.ts";

const EMAIL = /[^\s<>()[\],;:"'@]{1,64}@([\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,250}[\p{L}\p{N}])?)/gu;
const URL_LIKE =
  /\b[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^\s/?#@]{0,200}@)?(\[[0-9a-f:.]+\]|[^\s/?#:"'<>()]{1,253})/giu;
const BARE_HOST =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+\p{L}{2,24}(?=$|[/:?#])/u;
const PHONE = /^\+?[\d(][\d\s().-]{6,20}\d$/;

const MOST = 50;

/** Domains of the e-mail addresses in a text. */
export function mailDomains(text: string): readonly string[] {
  if (!text.includes("@")) return [];
  return firstGroups(text, EMAIL);
}

/** Hosts of the addresses in a text: `https://…` anywhere, or a bare host that the text begins with. */
export function hostsIn(text: string): readonly string[] {
  const hosts = text.includes("://") ? firstGroups(text, URL_LIKE) : [];
  const bare =
    hosts.length === 0 && text.length < 4000 ? BARE_HOST.exec(text.trim())?.[0] : undefined;
  return bare === undefined ? hosts : [bare.toLowerCase()];
}

const LINK =
  /(?<![\p{L}\p{N}@.-])((?:[\p{L}\p{N}-]{1,63}\.){1,6}(?:com|net|org|io|co|info|biz|app|dev|xyz|ru|cn|me|ai|site|online|link|click|top|page|shop|web|gov|edu|eu|de|uk))(?![\p{L}\p{N}@-])/giu;

/** Hosts that prose links to, also without a scheme; e-mail addresses are no links. */
export function linkedHosts(text: string): readonly string[] {
  if (!text.includes(".") && !text.includes("://")) return [];
  const full = text.includes("://") ? firstGroups(text, URL_LIKE) : [];
  return [...full, ...firstGroups(text, LINK)];
}

function firstGroups(text: string, pattern: RegExp): readonly string[] {
  const found: string[] = [];
  for (const match of text.matchAll(pattern)) {
    if (match[1] !== undefined) found.push(match[1].toLowerCase());
    if (found.length >= MOST) break;
  }
  return found;
}

export function isPhone(text: string): boolean {
  const number = text.trim().replace(/^(?:tel|sms|whatsapp|signal|callto):/i, "");
  return PHONE.test(number) && text.replace(/\D/g, "").length >= 8;
}

const LOCAL = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$|\.localhost$/;

/** Whether a domain is one of the organisation's, or below one; without look-alikes being forgiven. */
export function isOwnDomain(domain: string, organisation: Organisation): boolean {
  const name = domain.toLowerCase().replace(/\.$/, "");
  if (LOCAL.test(name)) return true;
  return organisation.domains.some((own) => {
    const ours = own.toLowerCase();
    return name === ours || name.endsWith(`.${ours}`);
  });
}

const compact = (text: string): string => plainText(text).replace(/[\s-]/g, "").toLowerCase();

/** Whether an account or payee is the organisation's own or known to it. */
export function isKnownAccount(value: string, organisation: Organisation): boolean {
  const wanted = compact(value);
  return (
    organisation.accounts.some((own) => compact(own) === wanted) ||
    organisation.payees.some((own) => compact(own) === wanted)
  );
}
