import { UNKNOWN } from "../../characters.ts";
import { CARRIES, carrying, EMPTY } from "../../carried.ts";
import { readsFile } from "../../files.ts";
import { quote } from "../../inspection.ts";
import type { Confidence, Impact } from "../../../model.ts";
import { flagged, operands } from "../session.ts";
import type { Rule, Value } from "../session.ts";

/** Commands on processes and services, and those that tell of them. */

/** Services and processes that a machine needs or that watch over it. */
const NEEDED =
  /^(?:init|systemd[\w-]*|sshd?|ssh\.service|cron|crond|dbus[\w-]*|docker[\w-]*|containerd[\w-]*|kubelet|kube-[\w-]*|etcd|networkmanager|network|networking|rsyslogd?|syslog|journald|auditd?|udevd|polkitd|login|getty|firewalld|ufw|iptables|nftables|apparmor|selinux|fail2ban|clamav[\w-]*|clamd|falco|osqueryd?|crowdstrike|falcon-sensor|wazuh-agent|sysmon|mysqld?|postgres(?:ql)?|mongod|redis(?:-server)?|nginx|apache2|httpd|haproxy|xorg|gdm|lightdm)(?:\.service)?$/iu;
const GUARDS =
  /^(?:firewalld|ufw|iptables|nftables|apparmor|selinux|fail2ban|clamav[\w-]*|clamd|auditd?|rsyslogd?|syslog|journald|systemd-journald|falco|osqueryd?|crowdstrike|falcon-sensor|wazuh-agent|windefend|defender)(?:\.service)?$/iu;

const kill: Rule = ({ name, args, stdin }, session) => {
  const { inspection } = session;
  inspection.writes();
  if (flagged(args, "l") && args.length <= 2) return EMPTY;
  const words = args.filter(
    ({ text }, at) =>
      !/^-(?:[A-Z]+\d*|\d{1,2}|s|n|f|x|e|i|q|w|v|y|SIG\w+|u|-signal(?:=.*)?)$/u.test(text) ||
      (/^-1$/u.test(text) && at > 0),
  );
  for (const word of words) {
    const target =
      word.text
        .replace(/[[\]^$\\]/gu, "")
        .split("/")
        .at(-1) ?? "";
    if (name === "kill") killsProcess(word, inspection.find.bind(inspection));
    else if (NEEDED.test(target))
      inspection.find(
        "destruction",
        "high",
        `Would stop ${quote(target)}, which the machine needs.`,
      );
    else if (/^\.?\*?$/u.test(target))
      inspection.find("destruction", "high", "Would stop every process.");
  }
  if (name !== "kill" && flagged(args, "u", "euid", "uid", "user"))
    inspection.find("destruction", "high", "Would stop every process of a user.");
  if (name === "killall5") inspection.find("destruction", "high", "Would stop every process.");
  return carrying(stdin.carries);
};

function killsProcess(
  word: Value,
  find: (impact: Impact, confidence: Confidence, sentence: string) => void,
): void {
  if (/^(?:1|-1|0)$/u.test(word.text))
    find("destruction", "high", "Would stop every process, or the first of the machine.");
  else if ((word.carries & CARRIES.processes) !== 0 && word.text.includes(UNKNOWN)) {
    find("destruction", "high", "Would stop processes picked from the list of all that run.");
  }
}

/** Of all processes the arguments show too, which may hold secrets. */
const ps: Rule = ({ name, args }, session) => {
  const all =
    name === "top" ||
    name === "htop" ||
    name === "pstree" ||
    args.some(({ text }) => /^(?:-[a-z]*[eA][a-z]*|-?[a-z]*a[a-z]*x?[a-z]*|-[a-z]*x)$/u.test(text));
  if (all)
    session.inspection.find(
      "secret_access",
      "low",
      "Would list what all users of the machine run.",
    );
  return carrying(CARRIES.processes | CARRIES.data);
};

const enumerates =
  (sentence: string): Rule =>
  (_command, session) => {
    session.inspection.find("secret_access", "low", sentence);
    return carrying(CARRIES.data);
  };

const lsof: Rule = ({ args }, session) => {
  if (!flagged(args, "t") && flagged(args, "iaunP"))
    session.inspection.find("secret_access", "low", "Would list open ports and who uses them.");
  return carrying(CARRIES.data);
};

const getent: Rule = ({ args }, session) => {
  if (/^(?:passwd|shadow|group|gshadow)$/u.test(args[0]?.text ?? ""))
    readsFile(session.inspection, session.place(`/etc/${args[0]?.text ?? ""}`));
  return carrying(CARRIES.data);
};

/** Sub-commands that only look. */
export const READS_ONLY =
  /^(?:status|is-active|is-enabled|is-failed|list-\w[\w-]*|show|cat|--version|--help|get|info|print|list|-L|-S|-l|-n|-v|--list|--status-all|verbose|numbered|help)$/u;

/** Said as they are; any other word is the caller's own, which no sentence says without a quotation. */
const SERVICE_VERBS =
  /^(?:start|restart|try-restart|reload|reload-or-restart|force-reload|condrestart|kickstart|freeze|thaw|clean)$/u;

const service: Rule = ({ name, args }, session) => {
  const words = operands(args, new Set(["-t", "-p", "--type", "-H", "-M"]));
  const verbs =
    name === "service" || name === "rc-service" || name === "invoke-rc.d"
      ? words.slice(1)
      : words.slice(0, 1);
  const units =
    name === "service" || name === "rc-service" || name === "invoke-rc.d"
      ? words.slice(0, 1)
      : words.slice(1);
  const verb = verbs[0]?.text ?? "status";
  if (READS_ONLY.test(verb) || words.length === 0) return carrying(CARRIES.data);
  const { inspection } = session;
  inspection.writes();
  const guard = units.some(({ text }) => GUARDS.test(text));
  const named = quote(units.map(({ text }) => text).join(" "));
  if (/^(?:stop|disable|mask|kill|unload|bootout|remove|isolate)$/u.test(verb)) {
    if (guard)
      inspection.find(
        "privilege_change",
        "high",
        `Would switch off ${named}, which protects the machine.`,
      );
    inspection.find(
      "destruction",
      units.some(({ text }) => NEEDED.test(text)) ? "high" : "low",
      `Would stop ${named}.`,
    );
  } else if (/^(?:poweroff|reboot|halt|suspend|hibernate|kexec|emergency|rescue)$/u.test(verb)) {
    inspection.find("destruction", "high", "Would stop the machine.");
  } else if (
    /^(?:enable|link|edit|set-default|load|bootstrap|set-property|revert|preset)$/u.test(verb)
  ) {
    inspection.find(
      "privilege_change",
      "high",
      `Would change what starts with the system: ${named}.`,
    );
  } else if (verb !== "daemon-reload")
    inspection.find(
      "privilege_change",
      "low",
      `Would ${SERVICE_VERBS.test(verb) ? verb : "change"} ${named}.`,
    );
  return EMPTY;
};

export const PROCESS_RULES: readonly (readonly [string, Rule])[] = [
  ...["kill", "pkill", "killall", "killall5", "skill", "taskkill", "xkill"].map(
    (name) => [name, kill] as const,
  ),
  ...["ps", "top", "htop", "pstree"].map((name) => [name, ps] as const),
  ...["netstat", "ss"].map(
    (name) => [name, enumerates("Would list open ports and connections.")] as const,
  ),
  ...["who", "w", "last", "lastb", "lastlog", "users", "finger", "lslogins", "ac"].map(
    (name) => [name, enumerates("Would list who uses the machine.")] as const,
  ),
  ["lsof", lsof],
  ["fuser", kill],
  ["getent", getent],
  ...[
    "systemctl",
    "service",
    "rc-service",
    "invoke-rc.d",
    "launchctl",
    "initctl",
    "sc",
    "supervisorctl",
    "loginctl",
  ].map((name) => [name, service] as const),
];
