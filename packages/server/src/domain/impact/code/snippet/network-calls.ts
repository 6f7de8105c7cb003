import { UNKNOWN } from "../characters.ts";
import { CARRIES } from "../carried.ts";
import { targetOf } from "../hosts.ts";
import type { Target } from "../hosts.ts";
import { quote } from "../inspection.ts";
import type { Inspection } from "../inspection.ts";
import { changesFile, readsFile } from "../files.ts";
import { placeOf } from "../places.ts";
import { argument } from "./call.ts";
import type { Call, CallRule } from "./call.ts";
import { carriedIn, NOTHING, symbolic, textOf, texts } from "./values.ts";
import type { Abstract } from "./values.ts";

/** Calls that talk to other machines and to databases. */

const CLIENT =
  /^(?:requests|httpx|aiohttp|urllib3?|urllib\.request|axios|got|superagent|http|https|http\.client|ky|node-fetch|undici|\$|jQuery)\b|^(?:session|client|http|s|conn)\.|Session\(\)|Client\(\)|PoolManager\(\)|HTTPS?Connection\(\)/u;

export const network: CallRule = (call, name, inspection) => {
  const { symbol } = call;
  if (
    /^(?:post|put|patch|get|head|delete|request|urlopen|fetch|urlretrieve|Request|stream|options|$)$/u.test(
      name,
    ) &&
    (CLIENT.test(symbol) || symbol === "fetch" || symbol === "urlopen" || symbol === "axios")
  ) {
    return requests(call, name, inspection);
  }
  if (/^(?:fetch|axios|got|urlopen|urlretrieve)$/u.test(symbol))
    return requests(call, name, inspection);
  return (
    sockets(call, name, inspection) ??
    mails(call, name, inspection) ??
    uploads(call, name, inspection) ??
    databases(call, name, inspection)
  );
};

function named(target: Target): string {
  return target.host === "" ? "a machine that is not known" : quote(target.host);
}

function requests(call: Call, name: string, inspection: Inspection): Abstract {
  const at = name === "request" && call.python ? 1 : 0;
  const url = argument(call, at, "url", "hostname");
  const target = targetOf(textOf(url));
  const verb = (
    textOf(argument(call, -1, "method")) === UNKNOWN
      ? at === 1
        ? textOf(call.args[0])
        : name
      : textOf(argument(call, -1, "method"))
  ).toUpperCase();
  const body = ["data", "json", "files", "body", "content", "form"]
    .map((key) => argument(call, -1, key))
    .filter((value) => value !== undefined);
  if (/^(?:post|put|patch|urlopen|Request)$/u.test(name) && call.args[1] !== undefined)
    body.push(call.args[1]);
  const carries = body.reduce(
    (all, value) => all | carriedIn(value),
    carriedIn(argument(call, -1, "headers", "params", "cookies")) & ~CARRIES.secret,
  );
  if (/^(?:169\.254\.169\.254|metadata\.google\.internal)$/u.test(target.host))
    inspection.find(
      "secret_access",
      "high",
      "Would ask the cloud's metadata service, which hands out credentials.",
    );
  if (textOf(url).startsWith("file:")) readsFile(inspection, placeOf(textOf(url), "."));
  if (
    (carriedIn(url) & (CARRIES.data | CARRIES.secret | CARRIES.environment)) !== 0 &&
    (carriedIn(url) & CARRIES.download) === 0
  )
    sends(carriedIn(url), target, inspection);
  if (/^(?:POST|PUT|PATCH)$/u.test(verb) || body.length > 0) sends(carries, target, inspection);
  else if (verb === "DELETE")
    inspection.find("destruction", "low", `Would ask ${named(target)} to delete something.`);
  if (name === "urlretrieve")
    for (const text of texts(argument(call, 1, "filename")))
      changesFile(inspection, placeOf(text, "."), "overwrite");
  const sent = name === "Request" ? carriedIn(argument(call, -1, "data")) : 0;
  return symbolic(
    name === "Request" ? "Request()" : "response()",
    CARRIES.download | (sent & CARRIES.secret),
  );
}

/** Data, or at least text, goes to another machine. */
function sends(carries: number, target: Target, inspection: Inspection): void {
  inspection.writes();
  if ((carries & (CARRIES.secret | CARRIES.environment)) !== 0)
    inspection.find("data_release", "high", `Would send secrets to ${named(target)}.`);
  else if ((carries & (CARRIES.data | CARRIES.processes)) !== 0) {
    inspection.find(
      "data_release",
      target.here ? "low" : "high",
      `Would send data to ${named(target)}.`,
    );
  } else if (!target.here)
    inspection.find("external_communication", "low", `Would send text to ${named(target)}.`);
}

function sockets(call: Call, name: string, inspection: Inspection): Abstract | null {
  const { symbol, args, self } = call;
  const socket = /socket|^net\b|^dgram\b|^tls\b|websocket|paramiko|telnetlib|ssh/iu.test(symbol);
  if (!socket) return null;
  if (/^(?:connect|connect_ex|create_connection|createConnection|Telnet)$/u.test(name)) {
    const host = args[0]?.items?.[0] ?? argument(call, 0, "host", "hostname") ?? NOTHING;
    const target = targetOf(
      textOf(host.text === null && !/^\d*$/u.test(args[1]?.text ?? "") ? args[1] : host),
    );
    if (!target.here)
      inspection.find(
        "external_communication",
        name === "connect_ex" ? "low" : "high",
        `Would connect to ${named(target)}.`,
      );
    if (name === "connect_ex" && (call.looped || target.host === ""))
      inspection.find("secret_access", "low", "Would try which ports are open.");
    return symbolic("socket.socket()", CARRIES.download);
  }
  if (/^(?:bind|listen|createServer|create_server|serve)$/u.test(name)) {
    const own = targetOf(textOf(args[0]?.items?.[0])).host;
    if (!/^(?:127\.|localhost)/u.test(own) && name !== "createServer")
      inspection.find(
        "privilege_change",
        "low",
        "Would open a port and wait for others to connect.",
      );
    return symbolic("socket.socket()", CARRIES.download);
  }
  if (/^(?:send|sendall|sendto|write|sendfile|emit)$/u.test(name)) {
    const carries = args.reduce((all, arg) => all | carriedIn(arg), 0);
    const sent = carries & (CARRIES.secret | CARRIES.environment | CARRIES.data);
    if (sent !== 0) sends(sent, targetOf(textOf(args[1]?.items?.[0])), inspection);
    return NOTHING;
  }
  if (/^(?:recv|recvfrom|makefile|accept|read|recv_into)$/u.test(name))
    return symbolic("socket.socket()", CARRIES.download);
  if (name === "fileno") return symbolic("socket.fileno()");
  if (name === "exec_command") inspection.nested("shell", textOf(args[0]));
  return self === null ? symbolic("socket.socket()") : null;
}

/** `os.dup2(socket.fileno(), 0)`: what is typed on the other side is run here. */
function handsShell(call: Call, inspection: Inspection): Abstract | null {
  if (call.symbol !== "os.dup2" || !/fileno/u.test(call.args[0]?.symbol ?? "")) return null;
  inspection.find(
    "privilege_change",
    "high",
    "Would hand input and output of a program to another machine.",
  );
  inspection.find("code_execution", "high", "Would let another machine give commands here.");
  return NOTHING;
}

function mails(call: Call, name: string, inspection: Inspection): Abstract | null {
  if (!/^(?:sendmail|send_message|sendMail|send_email|send_mail)$/u.test(name))
    return handsShell(call, inspection);
  const carries = call.args.reduce((all, arg) => all | carriedIn(arg), 0);
  inspection.find(
    "external_communication",
    "high",
    `Would send mail to ${quote(textOf(argument(call, 1, "to_addrs", "to")))}.`,
  );
  if ((carries & (CARRIES.data | CARRIES.secret)) !== 0)
    inspection.find(
      "data_release",
      (carries & CARRIES.secret) !== 0 ? "high" : "low",
      "Would mail data.",
    );
  return NOTHING;
}

function uploads(call: Call, name: string, inspection: Inspection): Abstract | null {
  if (
    !/^(?:upload_file|upload_fileobj|put_object|upload_blob|upload_from_filename|storbinary|storlines|putfo|put|upload|putObject)$/u.test(
      name,
    ) ||
    !/s3|boto|blob|bucket|ftp|sftp|storage|client/iu.test(call.symbol)
  )
    return null;
  inspection.find("data_release", "low", `Would upload data (${quote(call.symbol)}).`);
  for (const text of texts(call.args[0]))
    if (/^[/~.]/u.test(text)) readsFile(inspection, placeOf(text, "."));
  return NOTHING;
}

function databases(call: Call, name: string, inspection: Inspection): Abstract | null {
  if (
    /^(?:execute|executemany|executescript|query|raw|exec|run|\$executeRaw|\$queryRaw|exec_driver_sql|text)$/u.test(
      name,
    )
  ) {
    const statement = call.args[0]?.text;
    if (
      statement === null ||
      statement === undefined ||
      !/^\s*(?:--|\/\*|[A-Za-z]{3,})/u.test(statement) ||
      /^(?:exec|run)$/u.test(call.symbol)
    )
      return null;
    inspection.nested("sql", statement);
    return symbolic("cursor()", CARRIES.data);
  }
  if (
    /^(?:drop_all|drop_database|drop_collection|dropDatabase|delete_many|deleteMany|drop_table|dropTable|flushall|flushdb|flushAll)$/u.test(
      name,
    )
  ) {
    inspection.find(
      "destruction",
      "high",
      `Would delete data in a database (${quote(call.symbol)}).`,
    );
    return NOTHING;
  }
  const cloud =
    /^(?:delete_bucket|delete_object|delete_objects|terminate_instances|delete_db_instance|delete_table|delete_stack|delete_user|schedule_key_deletion|delete_\w+)$/u.test(
      name,
    );
  if (cloud && /boto|client|resource|s3|ec2|iam|rds|compute/iu.test(call.symbol)) {
    inspection.find(
      "destruction",
      "high",
      `Would delete things in the cloud (${quote(call.symbol)}).`,
    );
    return NOTHING;
  }
  if (
    /^(?:attach_(?:user|role|group)_policy|put_(?:user|role|group|bucket)_policy|create_access_key|create_user|add_user_to_group|create_login_profile|authorize_security_group_ingress|update_assume_role_policy|put_bucket_acl)$/u.test(
      name,
    )
  ) {
    inspection.find(
      "privilege_change",
      "high",
      `Would change accounts or rights (${quote(call.symbol)}).`,
    );
    return NOTHING;
  }
  return null;
}
