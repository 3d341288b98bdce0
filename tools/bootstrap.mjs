// Runs one of the project's commands with the toolchain that the lockfile pins: node tools/bootstrap.mjs <command> [arguments].
// Starts from a bare clone on any Node since 20.19, so it imports nothing but what that Node has.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const stamp = join(modules, ".installed-from");
// The pinned Node is a dependency of tools/, not of the root: a `node` in the root's .bin would stand first on the PATH
// that `npm start` makes, and an interrupted installation could then never be repaired by `npm start`.
const pinnedNode = join(
  ...[root, "tools", "node_modules", `node-${process.platform}-${process.arch}`, "bin"],
);

const SOURCES = ["--conditions=@sd/source", "--disable-warning=ExperimentalWarning"];
const COMMANDS = {
  start: ["packages/cli/src/bin.ts", "demo"],
  sd: ["packages/cli/src/bin.ts"],
  check: ["tools/check.ts"],
  bench: ["bench/main.ts"],
  claims: ["examples/paper-claims/main.ts"],
  format: ["tools/format.ts"],
  api: ["tools/api.ts"],
};

/** A step that did not work: which, why, and what a person can do. */
class StepError extends Error {
  constructor(step, why, advice) {
    super(`${step} failed: ${why}\n  ${advice}`);
  }
}

function checkNode(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new StepError(
    "starting",
    `Node ${version} is too old`,
    "Install Node 20.19 or later, then run the command again.",
  );
}

/** What an installation depends on: the lockfile, the workspace settings and every manifest. */
function manifestsHash() {
  const members = ["packages", "examples"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name, "package.json")),
  );
  const fixed = ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json"];
  const single = ["bench", "tools"].map((folder) => join(folder, "package.json"));
  const hash = createHash("sha256");
  for (const file of [...fixed, ...single, ...members.sort()]) {
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

/** Runs a program to its end and returns its exit code; a signal to this process goes to it (a Ctrl-C reaches it by itself). */
function run(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: "inherit" });
    const forward = (signal) => signal === "SIGINT" || child.kill(signal);
    const signals = ["SIGTERM", "SIGHUP", "SIGINT"];
    for (const signal of signals) process.on(signal, forward);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + (signal === "SIGINT" ? 2 : 15));
    });
  });
}

async function install() {
  const hash = manifestsHash();
  const installed = existsSync(stamp) ? readFileSync(stamp, "utf8") : undefined;
  if (installed === hash) return;
  // Begun anew: pnpm takes an interrupted installation for complete, and npx would run the pnpm that lies in this folder,
  // which can then delete itself.
  rmSync(modules, { recursive: true, force: true });
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  process.stderr.write(`Installing what the project needs with ${packageManager} …\n`);
  const flags = ["--frozen-lockfile", "--config.confirm-modules-purge=false"];
  const args = ["--yes", packageManager, "install", ...flags, "--reporter=append-only"];
  const step = "installing the dependencies";
  const code = await run("npx", args).catch((error) => {
    throw new StepError(step, `npx: ${error.message}`, "npx comes with npm: is npm on the PATH?");
  });
  if (code !== 0) {
    throw new StepError(
      step,
      `pnpm ended with code ${code} (its own words are above)`,
      "Check that the package registry is reachable and the disk has 2 GB free, then run the same command again.",
    );
  }
  writeFileSync(stamp, hash);
}

function nodeForTools() {
  const pinned = join(pinnedNode, "node");
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  throw new StepError(
    "starting",
    `no Node is pinned for ${process.platform}-${process.arch}, and this one (${process.version}) does not run TypeScript`,
    "Install Node 22.18 or later, then run the command again.",
  );
}

async function main([name, ...rest]) {
  const command = Object.hasOwn(COMMANDS, name ?? "") ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new StepError(
      "starting",
      `no command \`${name}\``,
      `There is ${Object.keys(COMMANDS).join(", ")}.`,
    );
  }
  checkNode();
  await install();
  const path = [pinnedNode, join(modules, ".bin"), process.env.PATH].join(delimiter);
  const quiet = { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
  const env = { ...process.env, ...quiet, PATH: path, SD_BOOTSTRAPPED: "1" };
  return run(nodeForTools(), [...SOURCES, ...command, ...rest], env);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`\n${error instanceof StepError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  },
);
