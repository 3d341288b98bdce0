import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { onceInto } from "./cache.ts";
import { EngineError } from "./errors.ts";
import { runPython, runTool } from "./tools.ts";

const require = createRequire(import.meta.url);

/** The package whose C++ sources and kernels the engine is made of. */
export const TFJS_NODE = {
  name: "@tensorflow/tfjs-node-gpu",
  version: "4.22.0",
  integrity:
    "sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==",
} as const;

const UNTAR = `
import tarfile
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
export async function ensurePackage(root: string, log: (line: string) => void): Promise<string> {
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
    await runPython("UNPACK_FAILED", UNTAR, [join(download, tarball), target]);
    await rm(download, { recursive: true });
  });
  return join(folder, "package");
}
