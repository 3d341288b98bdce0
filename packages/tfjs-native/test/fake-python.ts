// The text of a `python3` that fetches and unpacks without a network: its wheels are JSON files, { path: content }. It acts
// as the files beside it say: hold-unpack or hold-download (write half, then wait to be killed), fail-unpack.
export const fakePython = (folder: string): string => `#!${process.execPath}
const { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { createHash } = require("node:crypto");
const { basename, dirname, join } = require("node:path");
const machine = ${JSON.stringify(folder)};
const [first, script, ...args] = process.argv.slice(2);
const tell = (line) => appendFileSync(join(machine, "calls"), line + "\\n");

function hold(step) {
  if (!existsSync(join(machine, "hold-" + step))) return false;
  tell("holding " + step);
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.exit(1), 50);
  return true;
}

function download() {
  const dest = args[args.indexOf("--dest") + 1];
  const text = readFileSync(args[args.indexOf("--requirement") + 1], "utf8");
  const name = text.split("==")[0];
  tell("download " + name);
  writeFileSync(join(dest, "half"), "");
  if (hold("download-" + name)) return;
  copyFileSync(join(machine, name + ".whl"), join(dest, name + ".whl"));
}

function unpack() {
  const [wheel, folder] = args;
  tell("unpack " + basename(wheel));
  const files = [];
  for (const [path, content] of Object.entries(JSON.parse(readFileSync(wheel, "utf8")))) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    if (existsSync(join(machine, "fail-unpack"))) {
      process.stderr.write("OSError: [Errno 28] No space left on device");
      process.exit(1);
    }
    if (hold("unpack")) return;
    const sha256 = createHash("sha256").update(content).digest("hex");
    files.push({ path, size: content.length, sha256 });
  }
  process.stdout.write(JSON.stringify(files));
}

if (first !== "-c") process.stdout.write("Python 3.0.0, or pip 1.0");
else if (script.includes("run_module")) download();
else unpack();
`;

/** The text of a `g++` that writes a file; hold-compile makes it wait to be killed, fail-compile fail. */
export const fakeCompiler = (folder: string): string => `#!${process.execPath}
const { appendFileSync, existsSync, writeFileSync } = require("node:fs");
const { basename, join } = require("node:path");
const machine = ${JSON.stringify(folder)};
const args = process.argv.slice(2);
const output = args[args.indexOf("-o") + 1];
if (args[0] === "--version") process.stdout.write("g++ 1.0");
else {
  appendFileSync(join(machine, "calls"), "compile " + basename(output) + "\\n");
  writeFileSync(output, "compiled");
  if (existsSync(join(machine, "fail-compile"))) {
    process.stderr.write("error: no such thing");
    process.exit(1);
  }
  if (existsSync(join(machine, "hold-compile"))) {
    appendFileSync(join(machine, "calls"), "holding compile\\n");
    const parent = process.ppid;
    setInterval(() => process.ppid === parent || process.exit(1), 50);
  }
}
`;
