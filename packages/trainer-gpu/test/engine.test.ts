import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findEngine } from "@sd/tfjs-native";
import * as tf from "@tensorflow/tfjs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openEngine } from "../src/engine.ts";
import { TrainerError } from "../src/errors.ts";

const installed = (await findEngine()) !== undefined;
afterEach(() => vi.unstubAllEnvs());

/** No engine installed, and no tool to build one with. */
async function emptyMachine(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sd-engine-"));
  vi.stubEnv("SD_CACHE_DIR", folder);
  vi.stubEnv("PATH", folder);
  vi.stubEnv("SD_ENGINE", "");
}

describe("openEngine", () => {
  test.each([
    ["wasm", "wasm", "WebAssembly"],
    ["cpu", "cpu", "plain JavaScript"],
  ])("opens %s when asked", async (name, backend, device) => {
    const engine = await openEngine({ name });
    expect(engine.name).toBe(name);
    expect(engine.device).toContain(device);
    expect(engine.reasons).toEqual([`${name} was asked for`]);
    expect(tf.getBackend()).toBe(backend);
  });

  test("takes $SD_ENGINE", async () => {
    vi.stubEnv("SD_ENGINE", "wasm");
    expect((await openEngine()).name).toBe("wasm");
  });

  test("an engine that does not exist is refused with the names of those that do", async () => {
    const error = await openEngine({ name: "gpu" }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TrainerError);
    expect((error as Error).message).toBe(
      "unknown engine `gpu`: expected one of native, webgpu, wasm, cpu",
    );
  });

  test("the native engine takes as many threads as it is told, once", async (ctx) => {
    if (!installed) return ctx.skip("the native engine is not installed");
    await expect(openEngine({ name: "native", threads: 0 })).rejects.toThrow(
      "`threads`: expected a positive integer, got 0",
    );
    // A process of its own: TensorFlow may run in this one already.
    const script = `
      import { openEngine } from "${new URL("../src/engine.ts", import.meta.url)}";
      const { threads } = await openEngine({ name: "native", install: false, threads: 1 });
      const again = await openEngine({ name: "native", threads: 3 }).catch((e) => e.message);
      const { TF_NUM_INTRAOP_THREADS: intra, TF_NUM_INTEROP_THREADS: inter } = process.env;
      process.stdout.write(JSON.stringify({ threads, again, intra, inter }));
    `;
    const flags = ["--conditions=@sd/source", "--disable-warning=ExperimentalWarning"];
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[...flags, "--input-type=module-typescript", "--eval", script],
    ]);
    expect(JSON.parse(stdout)).toEqual({
      threads: 1,
      again: "`threads`: expected 1, which this process has been running with, got 3",
      intra: "1",
      inter: "1",
    });
  });

  test("wasm takes as many threads as it is told, once, and else as the environment says", async () => {
    await expect(openEngine({ name: "wasm", threads: 1.5 })).rejects.toThrow(
      "`threads`: expected a positive integer, got 1.5",
    );
    // A process of its own: the backend may run in this one already.
    const script = `
      import { openEngine } from "${new URL("../src/engine.ts", import.meta.url)}";
      process.env.TF_NUM_INTRAOP_THREADS = "3";
      const open = async (options) =>
        (await openEngine({ name: "wasm", ...options }).catch((e) => e)).threads;
      const threads = [await open({}), await open({ threads: 2 }), await open({ threads: 3 })];
      process.env.TF_NUM_INTRAOP_THREADS = "1";
      process.stdout.write(JSON.stringify([...threads, await open({})]));
    `;
    const flags = ["--conditions=@sd/source", "--disable-warning=ExperimentalWarning"];
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[...flags, "--input-type=module-typescript", "--eval", script],
    ]);
    expect(JSON.parse(stdout.slice(stdout.indexOf("[")))).toEqual([3, null, 3, 3]);
  });

  test("asked for and not there, native fails loudly with the reason", async (ctx) => {
    if (process.platform !== "linux" || process.arch !== "x64") ctx.skip("needs linux-x64");
    await emptyMachine();
    const error = await openEngine({ name: "native" }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "ENGINE_UNAVAILABLE" });
    expect((error as Error).message).toContain("`native` was asked for and cannot be used");
    expect((error as Error).message).toContain("Python 3");
  });

  test.each(["wasm", "cpu", ""])(
    "SD_ENGINE=%j is no answer where a GPU is required",
    async (name) => {
      await emptyMachine();
      vi.stubEnv("SD_ENGINE", name);
      const refusal = { name: "EngineError", code: "GPU_UNAVAILABLE" };
      await expect(openEngine({ requireGpu: true })).rejects.toMatchObject(refusal);
      vi.stubEnv("SD_REQUIRE_GPU", "1");
      await expect(openEngine()).rejects.toMatchObject(refusal);
    },
  );

  test("prefers the native engine, names its device, and can come back to it", async (ctx) => {
    if (!installed) ctx.skip("the native engine is not installed");
    vi.stubEnv("SD_ENGINE", "");
    await openEngine({ name: "wasm" });
    const engine = await openEngine({ install: false });
    expect(engine.name).toBe("native");
    expect(engine.device).toMatch(/^(CPU|GPU), TensorFlow 2\.21\.0, oneDNN on$/);
    expect(tf.getBackend()).toBe("tensorflow");
  });
});
