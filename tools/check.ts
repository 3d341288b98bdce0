// `npm test`: every check of the project, one after the other, all of them even when one fails; then the sum of the tests.
import { spawnSync } from "node:child_process";
import { EngineError, installEngine } from "@sd/tfjs-native";
import { importProblems } from "./imports.ts";
import { addResults, forgetResults } from "./test-results.ts";
import { root } from "./workspace.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The engine is built before the tests, which run side by side. Where it cannot be built at all, its tests skip and say why. */
async function engine(): Promise<boolean> {
  try {
    const { tensorflowVersion } = await installEngine({ log: say });
    say(`native engine: TensorFlow ${tensorflowVersion}`);
    return true;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    say(error.message);
    return error.code === "UNSUPPORTED_PLATFORM" || error.code === "MISSING_TOOL";
  }
}

function imports(): boolean {
  const problems = importProblems();
  for (const problem of problems) say(problem);
  return problems.length === 0;
}

const program =
  (command: string, ...args: string[]) =>
  (): boolean =>
    spawnSync(command, args, { cwd: root, stdio: "inherit" }).status === 0;

/** `changeset status` against the first base branch that this clone has; a clone of a single commit has none and is not judged. */
function changesets(): boolean {
  const known = (ref: string): boolean =>
    spawnSync("git", ["rev-parse", "--verify", "--quiet", ref], { cwd: root, stdio: "ignore" })
      .status === 0;
  const base = ["origin/main", "main"].find(known);
  if (base === undefined) {
    say("no main branch in this clone: not judged");
    return true;
  }
  return program("changeset", "status", `--since=${base}`)();
}

const TASKS = ["typecheck", "test", "check:pack"];
const CHECKS: readonly (readonly [string, () => boolean | Promise<boolean>])[] = [
  ["engine", engine],
  ["format and lint", program("biome", "ci", ".")],
  ["imports", imports],
  [
    "types, tests, packages",
    program(
      "turbo",
      "run",
      ...TASKS,
      "--continue=always",
      "--concurrency=3",
      "--output-logs=new-only",
    ),
  ],
  ["changesets", changesets],
];

if (process.argv.length > 2) {
  process.stderr.write(`npm test takes no arguments, got \`${process.argv.slice(2).join(" ")}\`\n`);
  process.exit(2);
}

forgetResults();
const broken: string[] = [];
for (const [name, check] of CHECKS) {
  say(`\n── ${name}`);
  if (!(await check())) broken.push(name);
}

const { passed, failed, skipped } = addResults();
say("");
for (const { name, reason } of skipped) say(`skipped: ${name} (${reason})`);
for (const name of failed) say(`failed: ${name}`);
for (const name of broken) say(`failed: the check "${name}"`);
const failures = failed.length + broken.length;
say(`${passed} passed, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
