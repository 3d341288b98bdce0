import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url));

/** Runs `sd-engine` with an empty cache, as a newcomer's machine has it. */
async function sdEngine(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const cache = await mkdtemp(join(tmpdir(), "sd-bin-"));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--conditions=@sd/source", "--no-warnings", bin, ...args],
      { env: { ...process.env, SD_CACHE_DIR: cache } },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

test("--help goes to standard output", async () => {
  const { code, out } = await sdEngine("--help");
  expect(code).toBe(0);
  expect(out).toContain("Usage: sd-engine <command>");
});

test.each([
  [[], "Usage: sd-engine"],
  [["instal"], "unknown command `instal`"],
  [["install", "now"], "unknown command `install now`"],
  [["--colour"], "Unknown option '--colour'"],
  [["toString"], "unknown command `toString`"],
  [["remove", "--cuda"], "`remove` has no option --cuda"],
  [["install", "--require-gpu"], "`install` has no option --require-gpu"],
])("a mistake exits with 2: %j", async (args, message) => {
  const { code, err } = await sdEngine(...args);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test("path says how to install where nothing is", async () => {
  const { code, err } = await sdEngine("path");
  expect(code).toBe(1);
  expect(err).toContain("it is not installed. Run `sd-engine install`");
});

test("doctor without an engine exits with 1 and says what to do", async () => {
  const { code, out } = await sdEngine("doctor");
  expect(code).toBe(1);
  expect(out).toMatch(/missing {2}installed .*run `npx sd-engine install`/);
});

test("path of the CUDA build says how to install that", async () => {
  const { code, err } = await sdEngine("path", "--cuda");
  expect(code).toBe(1);
  expect(err).toContain("Run `sd-engine install --cuda`");
});

test("remove says what it removed", async () => {
  const { code, out } = await sdEngine("remove");
  expect(code).toBe(0);
  expect(out).toMatch(/^removed the engine from .*sd-bin-.*: 0 MB freed$/m);
});
