import { createHash } from "node:crypto";
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { LIBRARIES, type TensorFlowBuild } from "./builds.ts";
import { inStaging } from "./cache.ts";
import { folderProblems, type InstalledFile, sha256, writeManifest } from "./manifest.ts";
import { ensurePackage } from "./package.ts";
import { runTool } from "./tools.ts";

const require = createRequire(import.meta.url);

const FLAGS = ["-O2", "-std=c++17", "-fPIC", "-shared", "-w", "-DNAPI_VERSION=8"] as const;
const COMPILER = "g++";
/** The C++ of this package, beside src/ and dist/. */
const OWN_SOURCES = fileURLToPath(new URL("../native", import.meta.url));

const OPERATIONS = ["operations.cc", "batch-norm.cc", "parallel.cc"];
const TENSORFLOW = LIBRARIES.map((name) => `-l:${name}`);

/** The addons that are compiled, by file name. */
export const ADDONS = {
  binding: "tfjs_binding.node",
  logLevel: "log_level.node",
  memory: "memory.node",
  gpu: "gpu.node",
  operations: "operations.node",
} as const;

const headersFolder = (): string => require("node-api-headers").include_dir as string;

/** Where a build's addons are: named after everything that they are made from, so that a change of any of it is another. */
export async function addonFolder(
  root: string,
  { version, flavour, wheels }: TensorFlowBuild,
  packageFolder: string,
): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([version, flavour, wheels.map((wheel) => wheel.sha256)]));
  hash.update(JSON.stringify([FLAGS, process.platform, process.arch]));
  for (const folder of [join(packageFolder, "binding"), OWN_SOURCES, headersFolder()]) {
    for (const name of (await readdir(folder)).sort()) {
      hash.update(name).update(await readFile(join(folder, name)));
    }
  }
  return join(root, `addon-${hash.digest("hex").slice(0, 12)}`);
}

interface Compilation {
  readonly output: string;
  readonly sources: readonly string[];
  readonly libraries: readonly string[];
}

const compilations = (packageFolder: string): readonly Compilation[] => [
  {
    output: ADDONS.logLevel,
    sources: [join(OWN_SOURCES, "log-level.cc")],
    libraries: ["-ldl"],
  },
  {
    output: ADDONS.memory,
    sources: [join(OWN_SOURCES, "memory.cc")],
    libraries: ["-ldl", "-lpthread"],
  },
  { output: ADDONS.gpu, sources: [join(OWN_SOURCES, "gpu.cc")], libraries: ["-ldl"] },
  {
    output: ADDONS.operations,
    sources: OPERATIONS.map((name) => join(OWN_SOURCES, name)),
    libraries: [...TENSORFLOW, "-lpthread"],
  },
  {
    output: ADDONS.binding,
    sources: ["tfjs_backend.cc", "tfjs_binding.cc"].map((n) => join(packageFolder, "binding", n)),
    libraries: TENSORFLOW,
  },
];

/** Compiles one addon into `folder`, to be loaded from `target`. */
async function compile(
  { output, sources, libraries }: Compilation,
  folder: string,
  target: string,
  tensorflow: string,
): Promise<InstalledFile> {
  const file = join(folder, output);
  await runTool("COMPILE_FAILED", COMPILER, [
    ...FLAGS,
    ...["-I", headersFolder(), "-I", join(tensorflow, "include"), ...sources],
    ...["-L", tensorflow, ...libraries],
    `-Wl,-rpath,$ORIGIN/${relative(target, tensorflow)}`,
    ...["-o", file],
  ]);
  const { size } = await stat(file);
  return { path: output, size, sha256: await sha256(file), source: COMPILER };
}

/** Compiles the addons of a build against its libraries in `folder`, unless they are there as they were compiled. */
export async function ensureAddon(
  root: string,
  build: TensorFlowBuild,
  folder: string,
  { verify, log }: { verify: boolean; log: (line: string) => void },
): Promise<void> {
  const packageFolder = await ensurePackage(root, log);
  const target = await addonFolder(root, build, packageFolder);
  const problems = await folderProblems(target, verify);
  if (problems?.length === 0) return;
  for (const { path, detail } of problems ?? []) log(`repairing: ${join(target, path)} ${detail}`);
  log("addon: compiling (about 10 s)");
  await inStaging(target, async (staging) => {
    const files: InstalledFile[] = [];
    for (const compilation of compilations(packageFolder)) {
      files.push(await compile(compilation, staging, target, join(folder, "tensorflow")));
    }
    await writeManifest(staging, files);
    await rm(target, { recursive: true, force: true });
    await rename(staging, target);
  });
}
