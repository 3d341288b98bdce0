import { execFile } from "node:child_process";
import { cp, readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { createRun } from "../src/index.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const WRITER = fileURLToPath(new URL("disk-writer.ts", import.meta.url));

/** The files below a folder with their bytes. */
async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  const read = async (path: string): Promise<[string, string]> => [
    relative(folder, path),
    await readFile(path, "base64"),
  ];
  return Object.fromEntries(await Promise.all(paths.sort().map(read)));
}

test.each(["checkpoint", "metrics", "status"])(
  "a %s for which there is no room leaves everything as it was, and says so",
  async (what) => {
    const folder = join(await temporaryFolder(), "run");
    const run = await createRun(folder, { config: {}, manifest: {} });
    await run.saveCheckpoint("last", { x: { shape: [1], data: Float32Array.of(1) } });
    await run.appendMetrics({ epoch: 0 });
    await run.close();
    const before = `${folder}-before`;
    await cp(folder, before, { recursive: true });

    // The shell's limit is in blocks of 1024 bytes; a write beyond it fails with EFBIG.
    const command = `ulimit -f 2; exec "$0" --conditions=@sd/source --disable-warning=ExperimentalWarning "$@"`;
    const { stdout } = await promisify(execFile)("bash", [
      ...["-c", command, process.execPath, WRITER, folder, what],
    ]);
    const { code, message } = JSON.parse(stdout) as { code: string; message: string };
    expect(code).toBe("ERR_NO_SPACE");
    expect(message).toContain("no room to write it (EFBIG");
    expect(await contents(folder)).toEqual(await contents(before));
  },
);
