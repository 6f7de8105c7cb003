import { UNKNOWN } from "../../characters.ts";
import { CARRIES, carrying, EMPTY, known } from "../../carried.ts";
import type { Stream } from "../../carried.ts";
import { changesFile, readsFile } from "../../files.ts";
import { targetOf } from "../../hosts.ts";
import type { Target } from "../../hosts.ts";
import { quote } from "../../inspection.ts";
import { carriedBy, flagged, operands, optionValues } from "../session.ts";
import type { Rule, Session, Value } from "../session.ts";
import { secretCarried } from "../expand.ts";

/** Commands that talk to other machines. */

/** Text of a program: sent while trying out a service; data, archives and folders are releases. */
const PROGRAM_TEXT =
  /^[^*?]*\.(?:py|pl|pm|rb|php|js|mjs|ts|sh|c|h|cpp|java|go|rs|lua|html|css|jsp|aspx?)$/iu;

function name(target: Target): string {
  return target.host === "" ? "a machine that is not known" : quote(target.host);
}

/** Data goes to another machine. */
function sends(carries: number, target: Target, session: Session): void {
  const { inspection } = session;
  if (secretCarried(carries)) {
    inspection.find("data_release", "high", `Would send secrets to ${name(target)}.`);
    return;
  }
  inspection.writes();
  if (target.here) return;
  if ((carries & (CARRIES.data | CARRIES.processes)) !== 0) {
    inspection.find(
      "data_release",
      target.drop ? "high" : "low",
      `Would send data to ${name(target)}.`,
    );
    inspection.find("external_communication", "high", `Would send data to ${name(target)}.`);
  } else inspection.find("external_communication", "low", `Would send text to ${name(target)}.`);
}

/** A file goes to another machine. */
export function sendsFile(file: Value, target: Target, session: Session): void {
  const place = session.place(file);
  const carried = readsFile(session.inspection, place);
  const own = place.area === "work" && PROGRAM_TEXT.test(place.path);
  if (secretCarried(carried)) sends(carried, target, session);
  else if (own && !target.drop) {
    if (!target.here)
      session.inspection.find(
        "external_communication",
        "low",
        `Would send the program ${quote(place.path)} to ${name(target)}.`,
      );
  } else if (!target.here || ["system", "home", "device"].includes(place.area)) {
    session.inspection.find(
      "data_release",
      place.area === "work" && !target.drop ? "low" : "high",
      `Would send ${quote(place.path)} to ${name(target)}.`,
    );
    if (!target.here)
      session.inspection.find(
        "external_communication",
        "high",
        `Would send a file to ${name(target)}.`,
      );
  }
}

/** What stands behind `-d`, `-F` and the like: a text, or `@file`. */
function sendsBody(value: Value, target: Target, stdin: Stream, session: Session): void {
  const file = /(?:^|=)[@<]([^;]+)/u.exec(value.text)?.[1];
  if (file === "-" || file === "/dev/stdin") sends(stdin.carries | CARRIES.data, target, session);
  else if (file !== undefined) sendsFile({ ...value, text: file }, target, session);
  else sends(value.carries, target, session);
}

function saves(file: string, session: Session): void {
  if (file === "-") return;
  changesFile(session.inspection, session.place(file), "overwrite");
  session.keep({ text: file, carries: 0, content: null }, carrying(CARRIES.download));
}

/** Addresses of one command that are looked at. */
const MAX_URLS = 16;

const CURL_VALUED = new Set(
  "-X -H -d -F -o -T -u -A -e -b -c -x -w -m -K -E -U -y -Y -z -C -r -Q -t --request --header --data --data-binary --data-raw --data-urlencode --data-ascii --json --form --form-string --output --upload-file --user --user-agent --referer --cookie --cookie-jar --proxy --write-out --max-time --connect-timeout --retry --retry-delay --cacert --cert --key --config --url --resolve --output-dir --limit-rate --range".split(
    " ",
  ),
);

const curl: Rule = ({ args, stdin }, session) => {
  const { inspection } = session;
  const values = args.flatMap((arg) =>
    /^-[sSkLfvigONI]+[dFoTXHub]$/u.test(arg.text)
      ? [{ ...arg, text: `-${arg.text.at(-1)}` }]
      : [arg],
  );
  const urls = [...operands(values, CURL_VALUED), ...optionValues(values, "--url")].slice(
    0,
    MAX_URLS,
  );
  const bodies = optionValues(
    values,
    "-d",
    "--data",
    "--data-binary",
    "--data-raw",
    "--data-urlencode",
    "--data-ascii",
    "--json",
    "-F",
    "--form",
  );
  const uploads = optionValues(values, "-T", "--upload-file");
  const method = optionValues(values, "-X", "--request")[0]?.text.toUpperCase() ?? "GET";
  for (const config of optionValues(values, "-K", "--config"))
    readsFile(inspection, session.place(config));
  for (const url of urls) {
    const target = targetOf(url.text);
    fetches(url, target, session);
    for (const body of bodies) sendsBody(body, target, stdin, session);
    for (const file of uploads) {
      if (/^[-.]$/u.test(file.text)) sends(stdin.carries | CARRIES.data, target, session);
      else sendsFile(file, target, session);
    }
    for (const header of optionValues(values, "-H", "--header", "-A", "-b", "--cookie", "-e")) {
      if ((header.carries & (CARRIES.data | CARRIES.environment)) !== 0)
        sends(header.carries, target, session);
    }
    changesByMethod(method, bodies.length + uploads.length > 0, target, session);
  }
  for (const file of optionValues(values, "-o", "--output")) saves(file.text, session);
  if (args.some(({ text }) => /^-[a-zA-Z]*O|^--remote-name/u.test(text)))
    for (const url of urls) saves(fileOf(url.text), session);
  const secret = secretCarried(carriedBy(urls));
  return carrying(CARRIES.download | (secret ? CARRIES.secret : 0));
};

function changesByMethod(method: string, body: boolean, target: Target, session: Session): void {
  if (method === "DELETE")
    session.inspection.find("destruction", "low", `Would ask ${name(target)} to delete something.`);
  else if (/^(?:POST|PUT|PATCH)$/u.test(method) && !body && !target.here) {
    session.inspection.find(
      "external_communication",
      "low",
      `Would send a ${method} to ${name(target)}.`,
    );
  }
}

/** An address may carry data away by itself; some addresses hand out secrets. */
function fetches(url: Value, target: Target, session: Session): void {
  if (/^file:\/\//iu.test(url.text)) readsFile(session.inspection, session.place(url));
  if (/^169\.254\.169\.254$|^metadata\.google\.internal$/u.test(target.host)) {
    session.inspection.find(
      "secret_access",
      "high",
      "Would ask the cloud's metadata service, which hands out credentials.",
    );
  }
  const leaks = CARRIES.data | CARRIES.secret | CARRIES.environment | CARRIES.processes;
  if (url.text.includes(UNKNOWN) && (url.carries & leaks) !== 0) {
    if (secretCarried(url.carries)) sends(url.carries, target, session);
    else if (!target.here) {
      session.inspection.find(
        "data_release",
        target.filledIn || target.host === "" ? "high" : "low",
        `Would put data into an address of ${name(target)}.`,
      );
    }
  }
}

function fileOf(url: string): string {
  return /([^/?#]+)(?:[?#].*)?$/u.exec(url)?.[1] ?? "index.html";
}

const wget: Rule = ({ args, stdin }, session) => {
  const valued = new Set([
    "-O",
    "-P",
    "-o",
    "-a",
    "-U",
    "-T",
    "-t",
    "-i",
    "-e",
    "--header",
    "--post-data",
    "--post-file",
    "--output-document",
    "--directory-prefix",
  ]);
  const urls = operands(args, valued).slice(0, MAX_URLS);
  const output =
    optionValues(args, "-O", "--output-document")[0] ??
    args
      .map(({ text }, at) => (/^-[qnvc]+O$/u.test(text) ? args[at + 1] : undefined))
      .find((value) => value !== undefined);
  const stdout = output?.text === "-" || args.some(({ text }) => /^-\w*O-$/u.test(text));
  for (const url of urls) {
    const target = targetOf(url.text);
    fetches(url, target, session);
    for (const body of optionValues(args, "--post-data", "--body-data"))
      sendsBody(body, target, stdin, session);
    for (const file of optionValues(args, "--post-file", "--body-file"))
      sendsFile(file, target, session);
    if (stdout) continue;
    const folder = optionValues(args, "-P", "--directory-prefix")[0]?.text;
    saves(
      output?.text ?? (folder === undefined ? fileOf(url.text) : `${folder}/${fileOf(url.text)}`),
      session,
    );
  }
  return stdout ? carrying(CARRIES.download) : EMPTY;
};

/** `nc`, `telnet`, `socat`: a bare connection, either way. */
const connects: Rule = ({ name: command, args, stdin }, session) => {
  const { inspection } = session;
  const words = operands(
    args,
    new Set(["-p", "-w", "-e", "-c", "-s", "-q", "-i", "-X", "-x", "--exec", "--sh-exec"]),
  );
  const programs = optionValues(args, "-e", "-c", "--exec", "--sh-exec").map(({ text }) => text);
  const exec =
    command === "socat"
      ? words
          .map(({ text }) => /^(?:exec|system):(.*)/iu.exec(text)?.[1])
          .find((text) => text !== undefined)
      : programs[0];
  const listens =
    flagged(args, "l", "listen") || words.some(({ text }) => /^\w*-?listen:/iu.test(text));
  const peer =
    command === "socat"
      ? (words
          .map(({ text }) => /^(?:tcp|udp|openssl|ssl)[46]?(?:-connect)?:(.*)/iu.exec(text)?.[1])
          .find((text) => text !== undefined) ?? "")
      : (words[0]?.text ?? "");
  const target = targetOf(peer);
  if (exec !== undefined) handsShell(target, session);
  if (listens)
    inspection.find("privilege_change", "low", "Would open a port and wait for others to connect.");
  else if (flagged(args, "z"))
    inspection.find("secret_access", "low", `Would try which ports of ${name(target)} are open.`);
  else if (stdin.carries !== 0 || (stdin.text !== null && stdin.text !== ""))
    sends(stdin.carries, target, session);
  else if (!target.here)
    inspection.find("external_communication", "low", `Would connect to ${name(target)}.`);
  return carrying(CARRIES.download);
};

function handsShell(target: Target, session: Session): void {
  session.inspection.find("privilege_change", "high", `Would hand a shell to ${name(target)}.`);
  session.inspection.find("code_execution", "high", `Would let ${name(target)} run commands here.`);
}

/** Bash's own connections, `/dev/tcp/host/port`. */
export function opensConnection(path: string, words: readonly Value[], session: Session): void {
  const target = targetOf(path.split("/")[3] ?? "");
  const command = words[0]?.text.split("/").at(-1) ?? "";
  if (/^(?:ba|z|da|k|c|tc)?sh$|^exec$/u.test(command)) handsShell(target, session);
  else
    session.inspection.find(
      "data_release",
      "low",
      `Would send what ${quote(command)} prints to ${name(target)}.`,
    );
}

/** `scp`, `rsync`, `sftp`: a place with a colon is on another machine. */
const copiesAway: Rule = ({ name: command, args, stdin }, session) => {
  const words = operands(
    args,
    new Set("-e -i -P -p -F -o -J -l -c --exclude --include --rsh --filter --bwlimit".split(" ")),
  );
  for (const { text } of optionValues(args, "-e", "--rsh")) session.script(text);
  if (flagged(args, "", "delete", "delete-after", "delete-excluded"))
    session.inspection.find("destruction", "low", "Would delete what the source does not have.");
  const target = words.at(-1);
  if (target === undefined) return EMPTY;
  const away = (text: string): boolean =>
    /^(?:[\w.@-]+|\0+):|^\w+:\/\//u.test(text) && !/^[a-z]:[\\/]/iu.test(text);
  const sources = words.slice(0, -1);
  if (away(target.text))
    for (const source of sources) sendsFile(source, targetOf(target.text), session);
  else if (command === "sftp" || command === "ftp")
    sends(stdin.carries | CARRIES.data, targetOf(target.text), session);
  else {
    for (const source of sources)
      if (!away(source.text)) readsFile(session.inspection, session.place(source));
    changesFile(session.inspection, session.place(target), "change");
    if (sources.some(({ text }) => away(text))) session.keep(target, carrying(CARRIES.download));
  }
  return EMPTY;
};

const mails: Rule = ({ args, stdin }, session) => {
  const to =
    operands(args, new Set(["-s", "-a", "-A", "-r", "-c", "-b", "-S", "-f"]))[0]?.text ?? "";
  session.inspection.find("external_communication", "high", `Would send mail to ${quote(to)}.`);
  for (const file of optionValues(args, "-a", "-A", "--attach")) {
    session.inspection.find("data_release", "low", `Would attach ${quote(file.text)} to a mail.`);
    readsFile(session.inspection, session.place(file));
  }
  if (stdin.carries !== 0)
    session.inspection.find(
      "data_release",
      secretCarried(stdin.carries) ? "high" : "low",
      "Would mail data.",
    );
  return EMPTY;
};

/** Names to be looked up carry data away as well. */
const looksUp: Rule = ({ args }, session) => {
  for (const value of operands(args)) {
    if ((value.carries & ~CARRIES.download) !== 0 && /[.]/u.test(value.text)) {
      session.inspection.find(
        "data_release",
        "high",
        `Would put data into the name ${quote(value.text)} to be looked up.`,
      );
    }
  }
  return carrying(CARRIES.data);
};

const http: Rule = ({ args, stdin }, session) => {
  const words = operands(args, new Set(["-a", "--auth", "-o"]));
  const verb = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD)$/u.test(words[0]?.text ?? "")
    ? (words[0]?.text ?? "")
    : "";
  const [url, ...items] = verb === "" ? words : words.slice(1);
  if (url === undefined) return EMPTY;
  const target = targetOf(url.text);
  fetches(url, target, session);
  for (const item of items)
    sendsBody({ ...item, text: item.text.replace(/^[\w-]+@/u, "=@") }, target, stdin, session);
  if (stdin.carries !== 0) sends(stdin.carries, target, session);
  changesByMethod(verb, items.length > 0, target, session);
  return carrying(CARRIES.download);
};

const scans: Rule = ({ name: command }, session) => {
  session.inspection.find(
    "secret_access",
    "low",
    `Would look for open ports and services with ${quote(command)}.`,
  );
  return carrying(CARRIES.data);
};

const tunnels: Rule = ({ name: command }, session) => {
  session.inspection.find(
    "privilege_change",
    "high",
    `Would make this machine reachable from outside through ${quote(command)}.`,
  );
  return known("");
};

export const NETWORK_RULES: readonly (readonly [string, Rule])[] = [
  ["curl", curl],
  ["wget", wget],
  ...["nc", "ncat", "netcat", "socat", "telnet"].map((rule) => [rule, connects] as const),
  ...["scp", "rsync", "sftp", "ftp", "lftp", "tftp", "rclone", "ncftpput"].map(
    (rule) => [rule, copiesAway] as const,
  ),
  ...["mail", "mailx", "mutt", "sendmail", "swaks", "msmtp", "ssmtp", "sendemail", "s-nail"].map(
    (rule) => [rule, mails] as const,
  ),
  ...["nslookup", "dig", "host", "ping", "getent-hosts", "drill"].map(
    (rule) => [rule, looksUp] as const,
  ),
  ...["http", "https", "xh", "httpie"].map((rule) => [rule, http] as const),
  ...[
    "nmap",
    "masscan",
    "zmap",
    "nikto",
    "hydra",
    "sqlmap",
    "john",
    "hashcat",
    "arp-scan",
    "tcpdump",
    "dumpcap",
  ].map((rule) => [rule, scans] as const),
  ...["ngrok", "cloudflared", "localtunnel", "frpc", "chisel", "bore"].map(
    (rule) => [rule, tunnels] as const,
  ),
];
