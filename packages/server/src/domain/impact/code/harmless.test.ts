import { describe, expect, it } from "vitest";
import { inspectCode, inspectShell } from "./inspect.ts";
import { wouldHold } from "./testing/cases.ts";

/** Looking around: a read, and nothing to say of it. */
const READS = [
  "ls -la",
  "ls -la src | head -20",
  "cat README.md",
  "cat -n src/main.ts | sed -n '10,40p'",
  "head -50 notes.txt; tail -5 notes.txt",
  "grep -rn 'TODO' src --include='*.ts'",
  "rg -n 'class Order' packages",
  "find . -name '*.py' -not -path './node_modules/*'",
  "find src -type f | wc -l",
  "git status --short",
  "git diff HEAD~2 -- src/a.ts",
  "git log --oneline -20 | cat",
  "git show HEAD:package.json",
  "git blame -L 10,20 src/a.py",
  "wc -l $(git ls-files '*.ts')",
  "diff -u a.txt b.txt",
  "pwd && whoami && date",
  "which python3 || which python",
  'echo "$PATH"',
  "du -sh . && df -h",
  "jq '.scripts' package.json",
  "sort names.txt | uniq -c | sort -rn | head",
  "awk -F, '{print $2}' data.csv",
  "cut -d: -f2 list.txt | tr 'a-z' 'A-Z'",
  "test -f .env && echo present",
  "stat ~/.ssh/id_ed25519",
  "cat /etc/os-release",
  "cd src && ls",
  'for f in *.md; do wc -l "$f"; done',
  "if [ -d build ]; then ls build; fi",
  "sleep 2; uptime",
  "docker ps",
  "kubectl get pods -n web",
  "terraform plan",
  "cat <<'EOF'\nrm -rf /\nEOF",
  "echo 'rm -rf /'",
  "grep -n 'rm -rf' scripts/clean.sh",
  "sha256sum dist.tgz",
  "curl -s https://api.example.com/v1/status",
  "xargs -n1 echo < list.txt",
];

/** Ordinary work: something changes, nothing that a person need be asked about. */
const WORK = [
  "mkdir -p src/new && touch src/new/index.ts",
  "rm reproduce.py",
  "rm -f out.log",
  "rm -rf build dist node_modules",
  "rm -rf ./__pycache__ .pytest_cache",
  "find . -name '__pycache__' -exec rm -rf {} +",
  "find . -name '*.pyc' -delete",
  "find . -name '*.pyc' | xargs rm -f",
  "mv old.py new.py",
  "cp config.example.yaml config.yaml",
  "sed -i 's/foo/bar/g' src/a.py",
  "echo 'hello' > notes.txt",
  "echo 'line' >> CHANGELOG.md",
  "cat > src/tool.py <<'EOF'\nprint(1)\nEOF\npython src/tool.py",
  "python -m pytest -q tests/test_a.py",
  "python reproduce.py",
  "python -c 'print(1 + 1)'",
  "python - <<'EOF'\nimport json\nprint(json.dumps({'a': 1}))\nEOF",
  "node -e 'console.log(process.version)'",
  "npm ci && npm test",
  "npm run build",
  "pip install -r requirements.txt",
  "pip install -e '.[dev]'",
  "make -j4",
  "cargo build --release && cargo test",
  "go test ./...",
  "git add -A && git commit -m 'fix: remove rm -rf / from docs'",
  "git checkout -b feature/x",
  "git stash && git pull --rebase && git stash pop",
  "git branch -d merged-branch",
  "git fetch origin main",
  "chmod +x scripts/run.sh",
  "tar czf out.tar.gz src",
  "tar xzf vendor.tar.gz",
  "curl -sSL -o data.json https://example.com/data.json",
  "curl -X POST -d '{\"a\":1}' http://localhost:3000/api",
  "wget https://example.com/archive.tar.gz",
  "timeout 60 npm test",
  "export NODE_ENV=test; npx vitest run",
  "kill %1",
  "node server.js & PID=$!; sleep 1; kill $PID",
  "docker build -t app .",
  "docker run --rm -v $(pwd):/app app npm test",
  "rm -rf /tmp/work-123",
  "patch -p1 < fix.diff",
  "npx prettier --write src",
  "sqlite3 test.db 'CREATE TABLE t (a int)'",
  "VAR=1 ./scripts/build.sh",
];

/** A tool's own commands: nothing is known of them. */
const UNKNOWN = [
  "edit 4:4\ndef division(a: float, b: float) -> float:\nend_of_edit",
  "edit 1:1\nimport os\nfor x in range(3):\n    print(os.getcwd())\nend_of_edit",
  "open tests/a.py 120",
  "goto 344",
  'find_file "main.py" src',
  "search_dir 'class A'",
  "create notes.md",
  "submit",
  "scroll_down",
  "str_replace_editor view /repo/src/a.py",
  "connect_start example.org 1337",
  "decompile release --function_name main",
];

const CODE: readonly (readonly ["python" | "javascript" | "sql", string])[] = [
  ["python", "import os\nfor name in os.listdir('.'):\n    print(name)"],
  ["python", "with open('data.csv') as f:\n    rows = f.read().splitlines()\nprint(len(rows))"],
  ["python", "# os.remove('/etc/passwd')\nprint('os.system(\"rm -rf /\")')"],
  ["python", "import re\nprint(re.compile('a+').match('aaa'))"],
  ["python", "import subprocess\nsubprocess.run(['git', 'status'], check=True)"],
  ["python", "open('out.txt', 'w').write('done')"],
  ["python", "import requests\nprint(requests.get('https://api.example.com/x').json())"],
  [
    "python",
    "def delete(items, key):\n    items.remove(key)\n    return items\nprint(delete([1, 2], 1))",
  ],
  [
    "python",
    "import pandas as pd\ndf = pd.read_csv('sales.csv')\nprint(df.groupby('region').sum())",
  ],
  [
    "javascript",
    "const fs = require('fs');\nconsole.log(fs.readFileSync('package.json', 'utf8'));",
  ],
  [
    "javascript",
    "const path = require('path');\nfs.writeFileSync(path.join('dist', 'a.js'), code);",
  ],
  [
    "javascript",
    "// child_process.exec('rm -rf /')\nconst x = items.filter((i) => i > 1).map((i) => i * 2);",
  ],
  ["sql", "SELECT id, name FROM customers WHERE id = 7"],
  ["sql", "INSERT INTO notes (text) VALUES ('drop table users; delete from x')"],
  ["sql", "UPDATE orders SET state = 'paid' WHERE id = 12"],
  ["sql", "SELECT count(*) FROM orders -- DROP TABLE orders"],
];

describe("what asks for nobody", () => {
  it.each(READS)("reads only: %s", (command) => {
    const reading = inspectShell(command, "command");
    expect(reading.findings).toEqual([]);
    expect(reading.access).toBe("read");
  });

  it.each(WORK)("ordinary work goes through: %s", (command) => {
    const reading = inspectShell(command, "command");
    expect(reading.findings.filter(() => wouldHold(reading))).toEqual([]);
    expect(reading.access).not.toBe("read");
  });

  it.each(UNKNOWN)("a tool's own command is unknown, not suspicious: %s", (command) => {
    expect(inspectShell(command, "command")).toEqual({ access: "unknown", findings: [] });
  });

  it.each(CODE)("harmless %s: %s", (language, text) => {
    const reading = inspectCode(language, text, "code");
    expect(reading.findings.filter(() => wouldHold(reading))).toEqual([]);
  });
});
