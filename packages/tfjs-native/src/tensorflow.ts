import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { onceInto } from "./cache.ts";
import { EngineError } from "./errors.ts";
import { runTool } from "./tools.ts";

/** The TensorFlow build that the engine links to. One wheel whatever Python is installed: only its C libraries are used. */
export const WHEEL = {
  requirement: "tensorflow-cpu==2.21.0",
  version: "2.21.0",
  sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
  megabytes: 274,
  unpackedMegabytes: 815,
  target: [
    "--implementation=cp",
    "--python-version=3.11",
    "--abi=cp311",
    "--platform=manylinux_2_27_x86_64",
  ],
} as const;

/** The libraries, in the order in which the addon links them. */
export const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"] as const;

// Only these headers of the wheel are read when the addon is compiled.
const UNPACK = `
import sys, zipfile
wheel, folder = sys.argv[1:]
headers = ('tensorflow/c/', 'tensorflow/core/platform/ctstring', 'tsl/platform/ctstring', 'xla/tsl/c/')
wanted = tuple('tensorflow/include/' + h for h in headers) + tuple('tensorflow/' + l for l in (${LIBRARIES.map((l) => `'${l}'`).join(", ")}))
with zipfile.ZipFile(wheel) as z:
    for name in z.namelist():
        if name.startswith(wanted):
            z.extract(name, folder)
`;

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/** Fails unless `file` is the pinned wheel, byte for byte. */
export async function verifyWheel(file: string): Promise<void> {
  const found = await sha256(file).catch((cause: unknown) => {
    throw new EngineError("VERIFICATION_FAILED", `${file} cannot be read`, { cause });
  });
  if (found !== WHEEL.sha256) {
    throw new EngineError(
      "VERIFICATION_FAILED",
      `${file} is not ${WHEEL.requirement}: expected sha256 ${WHEEL.sha256}, got ${found}`,
    );
  }
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (info) => (info.isFile() ? info.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((a, b) => a + b, 0);
}

/** Downloads the wheel with pip, which checks its sha256, to `file`. The wheel stays there if a later step fails. */
async function download(file: string, log: (line: string) => void): Promise<void> {
  const folder = `${file}.${process.pid}`;
  await mkdir(folder, { recursive: true });
  try {
    const requirements = join(folder, "requirements.txt");
    await writeFile(requirements, `${WHEEL.requirement} --hash=sha256:${WHEEL.sha256}\n`);
    // pip says nothing that a program could follow: what it has written to its own temporary folder is the progress.
    let shown = 0;
    const progress = setInterval(async () => {
      const megabytes = Math.round((await folderBytes(folder)) / 1e6);
      if (megabytes >= shown + 50 && megabytes < WHEEL.megabytes) {
        shown = megabytes;
        log(`  ${megabytes} of ${WHEEL.megabytes} MB`);
      }
    }, 500);
    try {
      await runTool(
        "DOWNLOAD_FAILED",
        "python3",
        [
          ...["-m", "pip", "download", "--quiet", "--disable-pip-version-check"],
          ...["--no-cache-dir", "--no-deps", "--require-hashes", "--only-binary=:all:"],
          ...WHEEL.target,
          ...["--dest", folder, "--requirement", requirements],
        ],
        { env: { ...process.env, TMPDIR: folder } },
      );
    } finally {
      clearInterval(progress);
    }
    const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
    if (wheel === undefined) throw new EngineError("DOWNLOAD_FAILED", "pip left no wheel");
    await rename(join(folder, wheel), file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The folder in `root` that holds (or will hold) TensorFlow's libraries and headers. */
export const tensorflowFolder = (root: string): string =>
  join(root, `tensorflow-${WHEEL.version}-${WHEEL.sha256.slice(0, 12)}`);

/** Brings TensorFlow's libraries and C headers into `root` and returns their folder; `wheel` names a local file to use instead of a download. */
export async function ensureTensorFlow(
  root: string,
  { wheel, log }: { wheel?: string | undefined; log: (line: string) => void },
): Promise<string> {
  const target = tensorflowFolder(root);
  const own = `${target}.whl`;
  await onceInto(target, async (folder) => {
    const source = wheel ?? own;
    if (wheel === undefined && !(await stat(own).catch(() => undefined))) {
      log(
        `TensorFlow ${WHEEL.version}: downloading ${WHEEL.megabytes} MB (${WHEEL.unpackedMegabytes} MB on disk) into ${root}`,
      );
      await download(own, log);
    }
    await verifyWheel(source).catch(async (error: unknown) => {
      // A damaged download of our own is fetched again next time; a user's file is left as it is.
      if (wheel === undefined) await rm(own, { force: true });
      throw error;
    });
    log(`TensorFlow ${WHEEL.version}: unpacking`);
    await runTool("VERIFICATION_FAILED", "python3", ["-c", UNPACK, source, folder]);
  });
  await rm(own, { force: true });
  return target;
}
