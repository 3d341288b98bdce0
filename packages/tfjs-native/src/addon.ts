import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { onceInto } from "./cache.ts";
import { EngineError } from "./errors.ts";
import { LIBRARIES, tensorflowFolder, WHEEL } from "./tensorflow.ts";
import { runTool } from "./tools.ts";

const require = createRequire(import.meta.url);

/** The package whose C++ sources and kernels the engine is made of. */
export const TFJS_NODE = {
  name: "@tensorflow/tfjs-node-gpu",
  version: "4.22.0",
  integrity:
    "sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==",
} as const;

const FLAGS = ["-O2", "-std=c++17", "-fPIC", "-shared", "-w", "-DNAPI_VERSION=8"] as const;
const SOURCES = ["tfjs_backend.cc", "tfjs_binding.cc"] as const;
const BINDING = "tfjs_binding.node";
const LOG_LEVEL = "log_level.node";
/** The C++ of this package, beside src/ and dist/. */
const OWN_SOURCES = fileURLToPath(new URL("../native", import.meta.url));

const UNTAR = `
import sys, tarfile
archive, folder = sys.argv[1:]
with tarfile.open(archive) as t:
    for member in t.getmembers():
        parts = member.name.split('/')
        wanted = parts[0] == 'package' and (parts[1:] == ['package.json'] or parts[1] in ('dist', 'binding'))
        if member.isfile() and wanted and '..' not in parts and not member.name.endswith(('.d.ts', '_test.js')):
            t.extract(member, folder)
`;

const tarballFolder = (root: string): string => join(root, `tfjs-node-gpu-${TFJS_NODE.version}`);

/** The installed package's folder, where the user has it in the version that the engine is made for. */
function installedPackage(): string | undefined {
  try {
    const manifest = require.resolve(`${TFJS_NODE.name}/package.json`);
    const { version } = require(manifest) as { version: string };
    return version === TFJS_NODE.version ? dirname(manifest) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the package's files are: installed beside this one, else unpacked in the cache; undefined before either. */
export async function findPackage(root: string): Promise<string | undefined> {
  const unpacked = join(tarballFolder(root), "package");
  return (
    installedPackage() ??
    (await stat(join(unpacked, "package.json")).then(
      () => unpacked,
      () => undefined,
    ))
  );
}

/**
 * Brings the package's files. Its own install script looks for a binary on a host that many machines do not reach, and its
 * failure would fail the user's `npm install`; so it is fetched as a tarball, checked, and no script of it is run.
 */
async function ensurePackage(root: string, log: (line: string) => void): Promise<string> {
  const found = await findPackage(root);
  if (found !== undefined) return found;
  const folder = await onceInto(tarballFolder(root), async (target) => {
    log(`${TFJS_NODE.name} ${TFJS_NODE.version}: fetching its sources`);
    const download = join(target, "download");
    await mkdir(download);
    await runTool("DOWNLOAD_FAILED", "npm", [
      ...["pack", `${TFJS_NODE.name}@${TFJS_NODE.version}`, "--ignore-scripts", "--silent"],
      ...["--pack-destination", download],
    ]);
    const [tarball = ""] = await readdir(download);
    const bytes = await readFile(join(download, tarball));
    const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    if (integrity !== TFJS_NODE.integrity) {
      throw new EngineError(
        "VERIFICATION_FAILED",
        `${tarball}: expected ${TFJS_NODE.integrity}, got ${integrity}`,
      );
    }
    await runTool("VERIFICATION_FAILED", "python3", ["-c", UNTAR, join(download, tarball), target]);
    await rm(download, { recursive: true });
  });
  return join(folder, "package");
}

const headersFolder = (): string => require("node-api-headers").include_dir as string;

/** Names the addon after everything that it is made from, so that a change of any of it is another addon. */
async function addonFolder(root: string, packageFolder: string): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([WHEEL, FLAGS, process.platform, process.arch]));
  for (const folder of [join(packageFolder, "binding"), OWN_SOURCES, headersFolder()]) {
    for (const name of (await readdir(folder)).sort()) {
      hash.update(name).update(await readFile(join(folder, name)));
    }
  }
  return join(root, `addon-${hash.digest("hex").slice(0, 12)}`);
}

/** Everything that is needed to load the engine. */
export interface EngineInstallation {
  /** The compiled addon, a `.node` file. */
  readonly addon: string;
  /** A second, tiny addon, to be loaded first: it makes TensorFlow's log obey `TF_CPP_MIN_LOG_LEVEL`. */
  readonly logLevel: string;
  /** The folder of `@tensorflow/tfjs-node-gpu`, whose kernels are loaded. */
  readonly packageFolder: string;
  /** The folder with TensorFlow's shared libraries. */
  readonly libraries: string;
  readonly tensorflowVersion: string;
}

/** Finds a complete installation in `root` without building anything. */
export async function findInstallation(root: string): Promise<EngineInstallation | undefined> {
  const packageFolder = await findPackage(root);
  if (packageFolder === undefined) return undefined;
  const folder = await addonFolder(root, packageFolder);
  const [addon, logLevel] = [join(folder, BINDING), join(folder, LOG_LEVEL)];
  const libraries = join(tensorflowFolder(root), "tensorflow");
  const files = [addon, logLevel, ...LIBRARIES.map((name) => join(libraries, name))];
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        (i) => i.size,
        () => 0,
      ),
    ),
  );
  if (sizes.includes(0)) return undefined;
  return { addon, logLevel, packageFolder, libraries, tensorflowVersion: WHEEL.version };
}

/** Compiles the addon against the libraries in `tensorflow`, once. */
export async function ensureAddon(
  root: string,
  tensorflow: string,
  log: (line: string) => void,
): Promise<void> {
  const packageFolder = await ensurePackage(root, log);
  const target = await addonFolder(root, packageFolder);
  const libraries = join(tensorflow, "tensorflow");
  await onceInto(target, async (folder) => {
    log("addon: compiling (about 10 s)");
    const compile = (
      output: string,
      sources: string[],
      libraryFlags: readonly string[],
    ): Promise<string> =>
      runTool("COMPILE_FAILED", "g++", [
        ...FLAGS,
        ...["-I", headersFolder(), "-I", join(libraries, "include"), ...sources],
        ...["-L", libraries, ...libraryFlags],
        `-Wl,-rpath,$ORIGIN/${relative(target, libraries)}`,
        ...["-o", join(folder, output)],
      ]);
    const binding = SOURCES.map((name) => join(packageFolder, "binding", name));
    await compile(LOG_LEVEL, [join(OWN_SOURCES, "log-level.cc")], ["-ldl"]);
    await compile(
      BINDING,
      binding,
      LIBRARIES.map((name) => `-l:${name}`),
    );
  });
}
