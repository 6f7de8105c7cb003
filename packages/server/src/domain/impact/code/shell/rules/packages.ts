import { CARRIES, carrying, EMPTY } from "../../carried.ts";
import { targetOf } from "../../hosts.ts";
import { quote } from "../../inspection.ts";
import { flagged, operands, optionValues } from "../session.ts";
import type { Rule, Session } from "../session.ts";

/** Package managers: installing runs others' code, publishing lets everybody have yours. */

const INSTALLS =
  /^(?:install|i|add|get|dlx|exec|x|in|reinstall|localinstall|require|create|init)$/u;
const REMOVES = /^(?:remove|purge|uninstall|erase|autoremove|rm|un|unlink|delete)$/u;
const PUBLISHES = /^(?:publish|upload|deploy|unpublish|deprecate|yank|push)$/u;

/** Where the work folder itself says what is installed. */
const OWN = new Set(["-r", "--requirement", "-e", "--editable", "-c", "--constraint"]);

function installs(what: readonly string[], session: Session): void {
  const remote = what.find((text) => /^(?:https?|git(?:\+\w+)?|ssh):|^git@|^github:/u.test(text));
  if (remote !== undefined)
    session.inspection.find(
      "code_execution",
      "high",
      `Would install and run code from ${quote(targetOf(remote.replace(/^git\+/u, "")).host)}.`,
    );
  else if (what.length > 0)
    session.inspection.find("code_execution", "low", `Would install ${quote(what.join(" "))}.`);
}

/** Packages of a language, for the work folder. */
const language: Rule = ({ name, args, stdin }, session) => {
  session.inspection.writes();
  const valued = new Set([
    ...OWN,
    "-i",
    "--index-url",
    "--extra-index-url",
    "-t",
    "--target",
    "--prefix",
    "-w",
    "--workspace",
    "-C",
    "--registry",
    "-f",
  ]);
  const words = operands(args, valued).map(({ text }) => text);
  const [verb = "", ...rest] = words[0] === "pip" || words[0] === "global" ? words.slice(1) : words;
  if (PUBLISHES.test(verb) && !flagged(args, "", "dry-run")) {
    const gone = /^(?:unpublish|yank)$/u.test(verb);
    session.inspection.find(
      gone ? "destruction" : "data_release",
      "high",
      `Would ${gone ? "withdraw" : "publish"} a package with ${quote(name)}.`,
    );
  } else if (/^(?:exec|x|dlx)$/u.test(verb) && rest.length > 0) {
    session.run(args.slice(args.findIndex(({ text }) => text === rest[0])), stdin);
  } else if (INSTALLS.test(verb)) {
    const own = rest.every(
      (text) =>
        !text.includes("://") &&
        (/^\.{0,2}(?:\/|\[|$)/u.test(text) || /\.(?:whl|tgz|gem)$/u.test(text)),
    );
    installs(own ? [] : rest, session);
    if (
      optionValues(args, "-i", "--index-url", "--extra-index-url", "--registry").some(
        ({ text }) =>
          !/(?:pypi\.org|npmjs\.org|crates\.io|rubygems\.org)/u.test(targetOf(text).host),
      )
    ) {
      session.inspection.find(
        "code_execution",
        "low",
        "Would install from a registry given by its address.",
      );
    }
  } else if (
    /^(?:token|adduser|login|owner|access|team)$/u.test(verb) &&
    /^(?:npm|yarn|pnpm|cargo|gem)$/u.test(name)
  )
    session.inspection.find(
      "privilege_change",
      "low",
      `Would change who may publish, with ${quote(name)}.`,
    );
  else if (name === "npm" && verb === "config" && rest[0] === "set")
    session.inspection.find("privilege_change", "low", "Would change the settings of npm.");
  return carrying(CARRIES.data);
};

/** `npx x`, `uvx x`: fetches a package, if need be, and runs it. */
const runsPackage: Rule = ({ args, stdin }, session) => {
  const call = optionValues(args, "-c", "--call")[0];
  if (call !== undefined) return session.script(call.text);
  const words = operands(args, new Set(["-p", "--package", "--from", "--with"]));
  session.inspection.writes();
  return words.length === 0
    ? EMPTY
    : session.run(
        args.slice(args.indexOf(words[0] ?? args[0] ?? { text: "", carries: 0, content: null })),
        stdin,
      );
};

/** Packages of the system. */
const system: Rule = ({ name, args }, session) => {
  const words = operands(args, new Set(["-o", "-t", "-c"])).map(({ text }) => text);
  const [verb = "", ...rest] = words;
  if (
    /^(?:list|show|search|info|policy|depends|rdepends|query|whatis|provides|check-update|help|history|cache|config)$/u.test(
      verb,
    )
  )
    return carrying(CARRIES.data);
  session.inspection.writes();
  const removes =
    REMOVES.test(verb) ||
    (/^(?:dpkg|rpm)$/u.test(name) && flagged(args, "rPe", "remove", "purge", "erase")) ||
    (name === "pacman" && args[0]?.text.startsWith("-R") === true);
  if (removes)
    session.inspection.find(
      "destruction",
      "low",
      `Would remove ${quote(rest.join(" "))} from the system.`,
    );
  else if (name === "apt-key" || name === "add-apt-repository" || verb === "key")
    session.inspection.find(
      "privilege_change",
      "high",
      "Would change which software the system trusts.",
    );
  else if (INSTALLS.test(verb) || /^(?:upgrade|dist-upgrade|full-upgrade)$/u.test(verb))
    installs(rest.length > 0 ? rest : [verb], session);
  else if (/^(?:dpkg|rpm|pacman)$/u.test(name) && flagged(args, "iUS", "install", "upgrade"))
    installs(words, session);
  return carrying(CARRIES.data);
};

const goTool: Rule = ({ args, stdin }, session) => {
  const [verb = "", ...rest] = operands(args).map(({ text }) => text);
  session.inspection.writes();
  if (verb === "install" || verb === "get")
    installs(
      rest.filter((text) => !text.startsWith(".")),
      session,
    );
  return carrying(stdin.carries | CARRIES.data);
};

export const PACKAGE_RULES: readonly (readonly [string, Rule])[] = [
  ...[
    "pip",
    "pip3",
    "uv",
    "poetry",
    "pdm",
    "pipenv",
    "conda",
    "mamba",
    "npm",
    "yarn",
    "pnpm",
    "gem",
    "bundle",
    "cargo",
    "composer",
    "nuget",
    "twine",
    "hatch",
    "flit",
    "luarocks",
    "cpan",
    "cpanm",
    "pipx",
    "bower",
    "opam",
    "mix",
    "hex",
    "easy_install",
  ].map((name) => [name, language] as const),
  ...["npx", "bunx", "uvx", "pnpx"].map((name) => [name, runsPackage] as const),
  ...[
    "apt",
    "apt-get",
    "aptitude",
    "yum",
    "dnf",
    "apk",
    "pacman",
    "brew",
    "snap",
    "flatpak",
    "zypper",
    "dpkg",
    "rpm",
    "port",
    "choco",
    "winget",
    "apt-key",
    "add-apt-repository",
    "emerge",
    "nix-env",
  ].map((name) => [name, system] as const),
  ["go", goTool],
];
