import { CARRIES, carrying, EMPTY } from "../../carried.ts";
import { changesFile, readsFile } from "../../files.ts";
import { quote } from "../../inspection.ts";
import type { Confidence, Impact } from "../../../model.ts";
import { PROCESS_RULES, READS_ONLY } from "./processes.ts";
import { flagged, operands, optionValues } from "../session.ts";
import type { Rule } from "../session.ts";

/** Commands that change the machine: accounts, services, disks, processes, network. */

const always =
  (impact: Impact, confidence: Confidence, sentence: string): Rule =>
  ({ name, args }, session) => {
    const what = [name, ...args.map(({ text }) => text)].join(" ");
    session.inspection.find(impact, confidence, `${sentence} (${quote(what)}).`);
    return EMPTY;
  };

const accounts = always("privilege_change", "high", "Would change accounts or their rights");

const crontab: Rule = ({ args, stdin }, session) => {
  if (flagged(args, "l")) return carrying(CARRIES.data);
  if (flagged(args, "r"))
    session.inspection.find(
      "destruction",
      "high",
      "Would delete everything that is run at set times.",
    );
  else
    session.inspection.find("privilege_change", "high", "Would change what is run at set times.");
  if (stdin.text !== null)
    for (const line of stdin.text.split("\n").slice(0, 32))
      session.script(line.replace(/^(?:@\w+|(?:\S+\s+){5})\s*/u, ""));
  return EMPTY;
};

const at: Rule = ({ args, stdin }, session) => {
  if (flagged(args, "l")) return carrying(CARRIES.data);
  session.inspection.find("privilege_change", "low", "Would have something run at a later time.");
  for (const file of optionValues(args, "-f")) readsFile(session.inspection, session.place(file));
  if (stdin.text !== null) session.script(stdin.text);
  return EMPTY;
};

const firewall: Rule = ({ args, name }, session) => {
  const texts = args.map(({ text }) => text);
  const looks =
    texts.length === 0 ||
    texts.some(
      (text) =>
        READS_ONLY.test(text) || /^--?(?:list\S*|get-\S+|state|query-\S+|numeric)$/u.test(text),
    );
  const changes = texts.some((text) =>
    /^(?:-[ADIFXPRNZ]|--(?:flush|append|delete|insert|policy|add|remove|zone)\S*|flush|add|delete|insert|allow|deny|disable|enable|reset|reload|stop)$/u.test(
      text,
    ),
  );
  if (looks && !changes) {
    session.inspection.find("secret_access", "low", "Would list the rules of the firewall.");
    return carrying(CARRIES.data);
  }
  const opens = texts.some((text) =>
    /^(?:-[FX]|--flush|flush|disable|reset|ACCEPT|allow|accept|stop)$/u.test(text),
  );
  session.inspection.find(
    "privilege_change",
    "high",
    `Would change the firewall (${quote([name, ...texts].join(" "))}).`,
  );
  if (opens && texts.some((text) => /^(?:-F|-X|--flush|flush|reset)$/u.test(text)))
    session.inspection.find("destruction", "high", "Would delete the rules of the firewall.");
  return EMPTY;
};

const sysctl: Rule = ({ args }, session) => {
  if (flagged(args, "w", "write") || args.some(({ text }) => text.includes("=")))
    session.inspection.find("privilege_change", "high", "Would change a setting of the kernel.");
  return carrying(CARRIES.data);
};

const mount: Rule = ({ args, name }, session) => {
  if (operands(args).length === 0 && name === "mount") return carrying(CARRIES.data);
  session.inspection.find(
    "privilege_change",
    "low",
    `Would change what is mounted (${quote(args.map(({ text }) => text).join(" "))}).`,
  );
  for (const value of operands(args, new Set(["-t", "-o"])).slice(-1))
    changesFile(session.inspection, session.place(value), "change");
  return EMPTY;
};

const disks: Rule = ({ args, name }, session) => {
  if (
    flagged(args, "l", "list", "help", "version") ||
    (args.length > 0 && /^(?:print|list|status|get|show)$/u.test(args.at(-1)?.text ?? ""))
  )
    return carrying(CARRIES.data);
  session.inspection.find(
    "destruction",
    "high",
    `Would change or erase a disk (${quote([name, ...args.map(({ text }) => text)].join(" "))}).`,
  );
  return EMPTY;
};

const pools: Rule = (command, session) =>
  /^(?:destroy|remove|rollback|labelclear|detach|delete)$/u.test(command.args[0]?.text ?? "")
    ? disks({ ...command, args: command.args }, session)
    : carrying(CARRIES.data);

const history: Rule = ({ args }, session) => {
  if (flagged(args, "cd", "clear"))
    session.inspection.find("destruction", "high", "Would delete the shell's history.");
  return carrying(CARRIES.data);
};

const unset: Rule = ({ args }, session) => {
  for (const { text } of args)
    if (/^HIST(?:FILE|SIZE)/u.test(text))
      session.inspection.find(
        "destruction",
        "low",
        "Would keep commands out of the shell's history.",
      );
  return EMPTY;
};

const journal: Rule = ({ args }, session) => {
  if (args.some(({ text }) => /^--(?:vacuum|rotate)/u.test(text)))
    session.inspection.find("destruction", "high", "Would delete the system's log.");
  return carrying(CARRIES.data);
};

const keys: Rule = ({ name, args }, session) => {
  const texts = args.map(({ text }) => text);
  if (name === "ssh-copy-id")
    session.inspection.find(
      "privilege_change",
      "high",
      "Would let a key log in on another machine.",
    );
  else if (name === "ssh-keygen" || name === "ssh-add")
    session.inspection.find("privilege_change", "low", "Would make or load a key to log in with.");
  else if (
    name === "security" &&
    /^(?:find-\S*password|dump-keychain|export)$/u.test(texts[0] ?? "")
  )
    session.inspection.find("secret_access", "high", "Would read the keychain.");
  else if (
    /^(?:gpg2?)$/u.test(name) &&
    texts.some((text) => /^--(?:export-secret|delete-secret)/u.test(text))
  )
    session.inspection.find("secret_access", "high", "Would export or delete secret keys.");
  else if (/^(?:pass|secret-tool|op|bw|lpass|keyring)$/u.test(name))
    session.inspection.find(
      "secret_access",
      "high",
      `Would read the password store with ${quote(name)}.`,
    );
  for (const value of operands(args))
    if (session.place(value).secret === "high") readsFile(session.inspection, session.place(value));
  return carrying(CARRIES.data | (name === "pass" || name === "security" ? CARRIES.secret : 0));
};

const setenforce = always("privilege_change", "high", "Would switch a protection of the system");
const machine = always("destruction", "high", "Would stop or change the state of the machine");
const exhausts = always("destruction", "low", "Would use up the machine");
const modules = always("privilege_change", "high", "Would load or remove a part of the kernel");

export const SYSTEM_RULES: readonly (readonly [string, Rule])[] = [
  ...PROCESS_RULES,
  ...[
    "useradd",
    "adduser",
    "usermod",
    "userdel",
    "deluser",
    "groupadd",
    "addgroup",
    "groupmod",
    "groupdel",
    "gpasswd",
    "passwd",
    "chpasswd",
    "newusers",
    "visudo",
    "vipw",
    "vigr",
    "chage",
    "chsh",
    "pw",
    "dscl",
    "smbpasswd",
    "htpasswd",
    "kadmin",
    "newgrp",
    "loginctl-enable",
    "update-rc.d",
    "chkconfig",
    "update-alternatives",
    "dpkg-reconfigure",
    "grub-install",
    "update-grub",
    "hostnamectl",
    "timedatectl",
    "authselect",
    "realm",
  ].map((name) => [name, accounts] as const),
  ...["dmesg", "ausearch", "aureport", "ip", "ifconfig", "arp", "route"].map(
    (name) => [name, enumeratesUnlessPlain(name)] as const,
  ),
  ["crontab", crontab],
  ...["at", "batch"].map((name) => [name, at] as const),
  ...[
    "iptables",
    "ip6tables",
    "nft",
    "ufw",
    "firewall-cmd",
    "iptables-restore",
    "pfctl",
    "ebtables",
    "netsh",
  ].map((name) => [name, firewall] as const),
  ["sysctl", sysctl],
  ...["mount", "umount", "swapoff"].map((name) => [name, mount] as const),
  ...[
    "mkfs",
    "mke2fs",
    "wipefs",
    "fdisk",
    "sfdisk",
    "cfdisk",
    "gdisk",
    "sgdisk",
    "parted",
    "blkdiscard",
    "hdparm",
    "badblocks",
    "cryptsetup",
    "lvremove",
    "vgremove",
    "pvremove",
    "lvreduce",
    "mdadm",
    "mkswap",
    "nvme",
    "diskutil",
    "format",
    "diskpart",
  ].map((name) => [name, disks] as const),
  ...["zpool", "zfs", "btrfs"].map((name) => [name, pools] as const),
  ["history", history],
  ["unset", unset],
  ["journalctl", journal],
  ...[
    "ssh-keygen",
    "ssh-copy-id",
    "ssh-add",
    "security",
    "gpg",
    "gpg2",
    "pass",
    "secret-tool",
    "op",
    "bw",
    "lpass",
  ].map((name) => [name, keys] as const),
  ...[
    "setenforce",
    "setsebool",
    "auditctl",
    "aa-disable",
    "aa-complain",
    "aa-teardown",
    "csrutil",
    "spctl",
    "mokutil",
    "set-mppreference",
  ].map((name) => [name, setenforce] as const),
  ...["shutdown", "reboot", "halt", "poweroff", "init", "telinit", "kexec"].map(
    (name) => [name, machine] as const,
  ),
  ...["stress", "stress-ng", "xmrig", "minerd", "cpuminer"].map(
    (name) => [name, exhausts] as const,
  ),
  ...["insmod", "modprobe", "rmmod", "bpftool"].map((name) => [name, modules] as const),
];

/** Looking at the network's settings is harmless; changing them is not. */
function enumeratesUnlessPlain(command: string): Rule {
  return ({ args }, session) => {
    const changes = args.some(({ text }) =>
      /^(?:add|del|delete|set|flush|change|replace|up|down|-d|-s|--clear|-C)$/u.test(text),
    );
    if (changes && command === "dmesg")
      session.inspection.find("destruction", "low", "Would clear the kernel's messages.");
    else if (changes)
      session.inspection.find(
        "privilege_change",
        "high",
        `Would change the network (${quote(args.map(({ text }) => text).join(" "))}).`,
      );
    else if (command.startsWith("au"))
      session.inspection.find("secret_access", "low", "Would read the audit log.");
    return carrying(CARRIES.data);
  };
}
