import { execFile } from "node:child_process";
import { copyFile, mkdtemp } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { WasmBackend } from "../src/index.ts";

interface Outcome {
  readonly backend: WasmBackend;
  readonly weights: string;
  readonly listeners: number;
  readonly warnings: string[];
}

const script = new URL("./threads-process.ts", import.meta.url).pathname;

/** Trains in a process of its own, which must end by itself. */
async function run(...args: string[]): Promise<Outcome> {
  const flags = ["--conditions=@sd/source", "--disable-warning=ExperimentalWarning"];
  const command = [...flags, script, ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command, { timeout: 100_000 });
  return JSON.parse(stdout.split("\n").at(-1)!);
}

describe("with threads", () => {
  test("trains to the same bytes as with one, and leaves the process as it was", async () => {
    const one = await run('{"threads":1}');
    expect(one.backend).toEqual({ device: "WebAssembly, SIMD, 1 thread", simd: true, threads: 1 });
    for (const threads of [2, 3]) {
      const { backend, ...rest } = await run(JSON.stringify({ threads }));
      const device = `WebAssembly, SIMD, ${threads} threads`;
      expect(backend).toEqual({ device, simd: true, threads });
      expect(rest).toEqual({ weights: one.weights, listeners: 0, warnings: [] });
    }
  });

  test("more than eight are not used", async () => {
    expect((await run('{"threads":20}')).backend.threads).toBe(8);
  });

  test("an error ends the process, though threads wait for work", async () => {
    const error = await run('{"threads":2}', "throw").catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 1 });
    expect((error as { stderr: string }).stderr).toContain("Error: thrown on purpose");
  });

  test("without their file it computes with one thread, and says why", async () => {
    const installed = dirname(
      createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"),
    );
    const folder = await mkdtemp(join(tmpdir(), "sd-wasm-"));
    const name = "tfjs-backend-wasm-simd.wasm";
    await copyFile(join(installed, name), join(folder, name));
    const { backend } = await run(JSON.stringify({ threads: 2, folder }));
    expect(backend.threads).toBe(1);
    expect(backend.threadsProblem).toContain("its threads did not start: ENOENT");
    expect(backend.threadsProblem).toContain("tfjs-backend-wasm-threaded-simd.wasm");
  });
});
