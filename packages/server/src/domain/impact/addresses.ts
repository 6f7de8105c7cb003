/** Addresses on the web among the arguments: where a call goes, and what it carries there. */
import { personalIn, secretIn } from "./detectors.ts";
import type { Evidence } from "./evidence.ts";
import type { Leaf } from "./leaves.ts";
import type { Origin } from "./model.ts";
import { hostsIn, isOwnDomain } from "./recipients.ts";
import { quoted, stemOf, wordsOf } from "./words.ts";

const FETCHED = new Set(
  "url uri link href endpoint webhook callback page webpage website site src".split(" "),
);
const LONGEST = 4000;
const SCHEME = /^\s*(?:https?|ftp|wss?):\/\//i;

/** Whether the value is an address that the call would go to. */
export function isAddress({ key, role, value }: Leaf): boolean {
  if (typeof value !== "string" || role === "body" || role === "prose") return false;
  if (SCHEME.test(value)) return true;
  return role === "url" && FETCHED.has(stemOf(wordsOf(key).at(-1) ?? ""));
}

/** Says where an address leads. A GET to a host of somebody else can carry data out as well. */
export function readAddress(evidence: Evidence, leaf: Leaf, origin: Origin | undefined): void {
  const address = String(leaf.value).slice(0, LONGEST);
  const foreign = hostsIn(address).filter((host) => !isOwnDomain(host, evidence.organisation));
  const isOwn = hostsIn(address).length > 0 || /^\s*\/(?![/\\])/.test(address);
  if (foreign.length === 0 && isOwn) return;
  for (const host of foreign) evidence.isOutside(host);
  if (foreign.length === 0) evidence.isOutside(quoted(address));
  evidence.decisive.add(leaf.path);
  if (secretIn(address) !== null || personalIn(decoded(address)) !== null) {
    evidence.addUnquoted(
      "data_release",
      "high",
      leaf,
      "The address carries a secret or a personal number",
    );
  } else if (carriesData(address)) {
    evidence.add("data_release", "low", leaf, "The address carries data");
  }
  if (evidence.writes) {
    const sure = evidence.tool.messages ? "high" : "low";
    evidence.add("external_communication", sure, leaf, "It reaches a host outside");
  } else if (origin !== "person") {
    evidence.add(
      "external_communication",
      "low",
      leaf,
      "A host outside is asked, at an address nobody gave",
    );
  }
}

const LONG_QUERY = 100;
const PACKED = /[A-Za-z0-9+/_=-]{48,}|(?:%[0-9a-f]{2}){8,}/i;

function carriesData(address: string): boolean {
  const query = /[?#]/.exec(address);
  const tail = query === null ? "" : address.slice(query.index + 1);
  return tail.length > LONG_QUERY || PACKED.test(tail) || address.length > 400;
}

function decoded(address: string): string {
  return address.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
