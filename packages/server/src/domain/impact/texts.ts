/** What texts among the arguments give away: secrets, personal numbers, links, hidden characters. */
import { personalIn, secretIn, statesSecret } from "./detectors.ts";
import type { Evidence } from "./evidence.ts";
import type { Role } from "./fields.ts";
import type { Leaf } from "./leaves.ts";
import { isOwnDomain, linkedHosts } from "./recipients.ts";
import { isDisguised } from "./words.ts";

const LONGEST = 20_000;

/** Operands: a look-alike here names something else than what is shown. */
const OPERANDS: ReadonlySet<Role> = new Set([
  "recipient",
  "contact",
  "account",
  "url",
  "path",
  "target",
  "command",
  "privilege",
]);

const SECRET_FILES =
  /(?:^|[/\\~])(?:\.env(?:\.[\w.-]+)?|id_(?:rsa|dsa|ecdsa|ed25519)|\.ssh(?:[/\\].*)?|\.aws[/\\]credentials|\.kube[/\\]config|shadow|\.npmrc|\.netrc|\.pgpass|\.git-credentials|\.htpasswd|(?:credentials|secrets?|passwords?)(?:\.(?:json|ya?ml|toml|txt|env|ini|csv|xml|properties|conf|cfg))?|[\w.-]{1,100}\.(?:pem|p12|pfx|kdbx|jks|keystore))$/i;

/** Reads one text; `outward`: it leaves with the call, by what is known of the tool and recipients. */
export function readText(evidence: Evidence, leaf: Leaf, outward: boolean): boolean {
  if (typeof leaf.value !== "string") return false;
  const text = leaf.value.length > LONGEST ? leaf.value.slice(0, LONGEST) : leaf.value;
  if (OPERANDS.has(leaf.role) && isDisguised(text)) {
    evidence.add("data_release", "low", leaf, "An operand hides or imitates letters");
  }
  const secret = secretIn(text);
  if (secret !== null) {
    evidence.addUnquoted("secret_access", "low", leaf, `The arguments hold ${secret}`);
    if (outward) evidence.addUnquoted("data_release", "high", leaf, `What is sent holds ${secret}`);
  }
  if (isPath(leaf, text) && SECRET_FILES.test(text)) {
    evidence.add("secret_access", "high", leaf, "A file that keeps secrets");
  }
  if (leaf.role === "secret" && evidence.writes && text.length > 0) {
    evidence.addUnquoted("secret_access", "high", leaf, "A secret is among the arguments");
  }
  if (outward) readOutward(evidence, leaf, text);
  return leaf.value.length > LONGEST;
}

/** A path, or one word with a separator or a beginning dot. */
function isPath({ role }: Leaf, text: string): boolean {
  if (text.length > 300 || role === "body" || role === "prose" || role === "sql") return false;
  return role === "path" || /^(?:\S*[/\\]\S+|\.\S+)$/.test(text);
}

const SENT: ReadonlySet<Role> = new Set(["body", "prose", "other", "command", "code"]);

function readOutward(evidence: Evidence, leaf: Leaf, text: string): void {
  if (!SENT.has(leaf.role)) return;
  const personal = personalIn(text);
  if (personal !== null) {
    evidence.addUnquoted("data_release", "high", leaf, `What is sent holds ${personal}`);
  }
  if (statesSecret(text))
    evidence.addUnquoted("data_release", "high", leaf, "What is sent states a secret");
  if (evidence.program) return;
  if (isDisguised(text))
    evidence.add("external_communication", "low", leaf, "A text hides characters");
  const foreign = linkedHosts(text).filter((host) => !isOwnDomain(host, evidence.organisation));
  if (foreign.length > 0) {
    for (const host of foreign) evidence.isOutside(host);
    evidence.add("external_communication", "high", leaf, "What is sent holds a link");
  }
}
