import type { Confidence } from "../model.ts";
import { asRead, UNKNOWN } from "./characters.ts";

/** Where a path points and what reading, writing or deleting there would mean. */
export interface Place {
  /** Without detours: `.`, `..` and doubled slashes resolved, homes as `~`. */
  readonly path: string;
  readonly area: "work" | "temp" | "home" | "system" | "device" | "elsewhere" | "unknown";
  /** How surely its content is secret; null: no reason to think so. */
  readonly secret: Confidence | null;
  /** What a change of it would decide, e.g. "who may log in"; null: nothing. */
  readonly decides: string | null;
  /** Climbs out of the folder it begins with, as in `/srv/images/../../etc`. */
  readonly detour: boolean;
  /** A whole system, home, disk or work folder rather than something in it. */
  readonly whole: boolean;
  /** Made again by a build or a test run. */
  readonly rebuilt: boolean;
}

const SYSTEM =
  /^(?:\/(?:etc|usr|bin|sbin|lib(?:32|64|x32)?|boot|sys|proc|var|run|System|Library|private\/etc|Windows)(?:\/|$)|[a-z]:\/(?:windows|program files|programdata))/iu;
const NOT_SYSTEM = /^\/(?:usr\/src|var\/www|var\/lib\/jenkins\/workspace)\//u;
const TEMP = /^(?:\/tmp|\/var\/tmp|\/dev\/shm|\/private\/tmp|\/var\/folders)(?:\/|$)/u;
const PLAIN_DEVICE =
  /^\/dev\/(?:null|zero|u?random|full|std(?:in|out|err)|tty\w*|fd(?:\/.*)?|pts\/.*)$/u;
const SHELL_START =
  /^(?:~\/\.(?:bash(?:rc|_profile|_login|_logout|_aliases)|profile|z(?:shrc|profile|shenv|login|logout)|k?shrc|cshrc|tcshrc|inputrc|xprofile|xinitrc|config\/fish\/.*)|\/etc\/(?:profile(?:\.d\/.*)?|bash\.bashrc|bashrc|environment|zsh(?:rc|env|\/.*)|skel\/.*))$/u;

/** Files whose change decides something beyond themselves, most telling first. */
const DECIDING: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)\.ssh(?:\/(?:authorized_keys2?|config|rc))?$|^\/etc\/ssh(?:\/|$)/u, "who may log in"],
  [
    /^\/etc\/(?:passwd|shadow|group|gshadow|sudoers(?:\.d)?|pam\.d|pam\.conf|security|polkit-1|login\.defs|subuid|subgid|doas\.conf)-?(?:\/|$)/u,
    "accounts and their rights",
  ],
  [/^\/etc\/(?:cron|anacron|at\.)|^\/var\/spool\/(?:cron|at)(?:\/|$)/u, "what is run at set times"],
  [
    /^(?:\/etc|\/(?:usr\/)?lib|~\/\.config|~\/\.local\/share|\/run)\/systemd(?:\/|$)|^\/etc\/(?:init\.d|init|rc\.local|rc\d?\.d|inittab|xdg\/autostart)(?:\/|$)|^~\/\.config\/autostart(?:\/|$)|Library\/Launch(?:Agents|Daemons)(?:\/|$)/u,
    "what starts with the system",
  ],
  [SHELL_START, "what every new shell runs"],
  [
    /^\/etc\/(?:ld\.so\.|modprobe\.d|modules|sysctl)|^\/(?:usr\/)?(?:local\/)?s?bin(?:\/|$)|^\/(?:usr\/)?(?:local\/)?lib(?:32|64)?(?:\/|$)|^\/boot(?:\/|$)|^\/proc\/sys(?:\/|rq)/u,
    "what the system runs",
  ],
  [
    /^\/etc\/(?:hosts|resolv\.conf|nsswitch\.conf|hosts\.(?:allow|deny)|iptables|nftables|ufw|firewalld|selinux|apparmor)/u,
    "which machines it trusts",
  ],
  [/^\/etc\/(?:apt|yum|dnf|pki|ssl|ca-certificates)/u, "which software it trusts"],
  [/(?:^|\/)\.git\/hooks\//u, "what git runs"],
];

const SECRET: readonly RegExp[] = [
  /^\/etc\/(?:shadow|gshadow|master\.passwd|sudoers|security\/opasswd)-?(?:\.d\/.*|\.d)?$/u,
  /^\/etc\/(?:krb5\.keytab|ssh\/ssh_host_\w+_key|ssl\/private.*|kubernetes\/.*|wireguard.*|openvpn.*|ipsec\.secrets|ppp\/.*-secrets)$/u,
  /(?:^|\/)\.ssh(?:\/(?!known_hosts|config|.*\.pub$).*)?$/u,
  /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)|\.aws(?:\/.*)?|\.azure(?:\/.*)?|\.config\/gcloud(?:\/.*)?|\.kube(?:\/.*)?|kubeconfig|\.docker\/config\.json|\.netrc|_netrc|\.pgpass|\.my\.cnf|\.git-credentials|\.pypirc|\.gnupg(?:\/.*)?|\.config\/(?:gh|hub)(?:\/.*)?|\.vault-token|\.terraform\.d\/.*|\.password-store(?:\/.*)?|\.s3cfg|\.boto|\.htpasswd|\.ethereum.*|\.bitcoin.*|wallet\.dat|\.electrum.*)$/u,
  /(?:^|\/)(?:Library\/Keychains|\.local\/share\/keyrings|Login Data|logins\.json|key[34]\.db|cookies\.sqlite|.*\.kdbx)(?:\/.*)?$/u,
  /(?:^|\/)\.env(?!\.(?:example|sample|template|dist|test)\b)(?:\.[\w.-]+)?$/u,
  /^\/(?:var\/)?run\/secrets(?:\/|$)|^\/proc\/[^/]+\/(?:environ|mem)$|^\/proc\/kcore$|^\/dev\/k?mem$/u,
];
const PERHAPS_SECRET: readonly RegExp[] = [
  SHELL_START,
  /(?:^|\/)(?:\.npmrc|\.yarnrc|\.(?:bash|zsh|sh|python|node_repl|psql|mysql|sqlite|rediscli|viminfo)_?history|\.viminfo|\.gitconfig|\.ssh\/.*)$/u,
  /(?:^|[/._-])(?:secrets?|credentials?|passwords?|passwd|tokens?|api[_-]?keys?|private[_-]?keys?|service[_-]?account[\w-]*)(?:\.(?:json|ya?ml|toml|ini|cfg|conf|txt|csv|xml|properties|db|enc))?$/iu,
  /\.(?:pem|key|p12|pfx|jks|keystore|ppk|asc|gpg|tfstate)$/iu,
  /^\/var\/(?:spool\/(?:cron|mail|at)|mail|lib\/(?:mysql|postgresql|mongodb|redis|docker|kubelet|sss|samba)|backups)/u,
  /^\/proc\/(?!(?:cpuinfo|meminfo|loadavg|uptime|version|stat|filesystems|self\/(?:status|stat|cgroup|limits|statm))$).+/u,
  /^\/sys\/(?!fs\/cgroup\/|devices\/system\/|class\/).+/u,
  /^\/var\/log\/.+/u,
  /^\/etc\/(?!(?:os-release|lsb-release|[\w-]+[-_](?:release|version)|issue(?:\.net)?|hostname|timezone|localtime|mime\.types|shells|locale\.\w+|alternatives(?:\/.*)?|protocols|ssl\/certs(?:\/.*)?|ca-certificates(?:\/.*)?)$).+/u,
];

/** Files that patterns with wildcards are tried against. */
const WELL_KNOWN = [
  "/etc/shadow",
  "/etc/gshadow",
  "/etc/sudoers",
  "/etc/passwd",
  "~/.ssh/id_rsa",
  "~/.ssh/id_ed25519",
  "~/.ssh/authorized_keys",
  "~/.aws/credentials",
  "~/.netrc",
  "~/.bashrc",
  "/proc/1/environ",
  "/dev/sda",
  ".env",
];

const REBUILT =
  /^(?:build|dist|out|target|node_modules|__pycache__|\.(?:pytest|mypy|ruff|parcel|sass|eslint|rpt2)[_-]?cache|\.tox|\.nox|\.?venv|\.cache|coverage|htmlcov|\.next|\.nuxt|\.turbo|\.svelte-kit|\.output|\.eggs|[\w.-]+\.egg-info|te?mp|\.te?mp|obj|cmake-build-[\w-]+|_build|_site|\.gradle|\.nyc_output|test-results|playwright-report|storybook-static|\.serverless|\.docusaurus|\.coverage|[\w-]*\.pyc|\*\.(?:pyc|o|log|tmp|class))$/u;

/** Bounded, so that every pattern above runs on a short text. */
const MAX_PATH = 512;

/**
 * @param path As written; unknown pieces as the unknown character.
 * @param folder Where relative paths begin: `.`, the work folder, unless a command changed it.
 */
export function placeOf(path: string, folder: string): Place {
  const full = resolved(path.slice(0, MAX_PATH), folder);
  const area = areaOf(full);
  const last = full.slice(full.lastIndexOf("/") + 1);
  const wild = byWildcard(full);
  const secret = wild.secret === "high" ? "high" : (secrecy(full) ?? wild.secret);
  const decides = decision(full) ?? wild.decides;
  return {
    path: full,
    area,
    secret,
    decides,
    detour: climbsOut(path, full),
    whole: isWhole(full),
    rebuilt:
      area !== "system" &&
      area !== "device" &&
      (area === "work" || !last.includes("*")) &&
      REBUILT.test(last),
  };
}

function resolved(path: string, folder: string): string {
  let text = asRead(path.trim().replaceAll("\\", "/")).replace(/^file:\/\//u, "");
  if (text === "" || text === "-") return text;
  const rooted = /^(?:\/|~|[a-z]:\/)/iu.test(text);
  if (!rooted && !text.startsWith(UNKNOWN) && folder !== ".") text = `${folder}/${text}`;
  const parts: string[] = [];
  for (const part of text.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || !text.startsWith("/")) parts.push(part);
  }
  const joined = (text.startsWith("/") ? "/" : "") + parts.join("/");
  if (joined === "") return ".";
  return joined
    .replace(/^(?:\/root|\/home\/[^/]+|\/Users\/[^/]+|~[\w-]+)(?=\/|$)/u, "~")
    .replace(/^\/proc\/\d+(?=\/)/u, "/proc/self");
}

function areaOf(path: string): Place["area"] {
  if (path === "" || path === "-" || path.startsWith(UNKNOWN)) return "unknown";
  if (PLAIN_DEVICE.test(path) || TEMP.test(path)) return "temp";
  if (path.startsWith("/dev/") || path.startsWith("//./")) return "device";
  if (path === "/" || path === "/*") return "system";
  if (NOT_SYSTEM.test(path)) return "elsewhere";
  if (SYSTEM.test(path) || /^\/(?:\*|\?+|home|root|Users)(?:\/\*)?$/u.test(path)) return "system";
  if (path.startsWith("~")) return "home";
  if (path.startsWith("/") || path.startsWith("..") || /^[a-z]:/iu.test(path)) return "elsewhere";
  return "work";
}

function climbsOut(path: string, full: string): boolean {
  const first = /^\/?[^/]+/u.exec(path)?.[0] ?? "";
  return (
    path.includes("/../") &&
    /[^./]/u.test(first) &&
    !full.startsWith(first.replace(/^\/(?:root|home)$/u, "~"))
  );
}

function isWhole(path: string): boolean {
  return /^(?:|\.|\/|~|\.\.|\.git|\*|[a-z]:|\/[^/]+|(?:\.\.\/)+\.\.)(?:\/(?:\.?\*+|\.\[.*))?$/iu.test(
    path,
  );
}

function secrecy(path: string): Confidence | null {
  if (/\.(?:py|js|ts|tsx|jsx|go|rs|java|rb|php|md|html|css|c|h|cpp)$/u.test(path)) return null;
  if (SECRET.some((pattern) => pattern.test(path))) return "high";
  return PERHAPS_SECRET.some((pattern) => pattern.test(path)) ? "low" : null;
}

function decision(path: string): string | null {
  return DECIDING.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

/** What a path with wildcards could name: the gravest of the well-known files it matches. */
function byWildcard(path: string): Pick<Place, "secret" | "decides"> {
  const nothing = { secret: null, decides: null };
  if (!/[*?[]/u.test(path) || /^\.?\/?[*?]+$/u.test(path)) return nothing;
  const found = WELL_KNOWN.find(
    (known) =>
      (known.startsWith("/") || known.startsWith("~") || path.startsWith(".e")) &&
      matchesGlob(path, known),
  );
  return found === undefined ? nothing : { secret: secrecy(found), decides: decision(found) };
}

/** Shell wildcards without backtracking beyond the last `*`; a bracket stands for any character. */
export function matchesGlob(pattern: string, text: string): boolean {
  const simple = pattern.replace(/\[[^\]]{1,32}\]/gu, "?");
  let at = 0;
  let next = 0;
  let star = -1;
  let mark = 0;
  while (at < text.length) {
    if (simple[next] === "?" || (simple[next] !== "*" && simple[next] === text[at])) {
      at += 1;
      next += 1;
    } else if (simple[next] === "*") {
      star = next;
      mark = at;
      next += 1;
    } else if (star >= 0) {
      next = star + 1;
      mark += 1;
      at = mark;
    } else return false;
  }
  return /^\**$/u.test(simple.slice(next));
}
