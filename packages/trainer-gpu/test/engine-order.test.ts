// Which engine is taken where the native one is missing, with what WebGPU offers made up.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type WebgpuBackend, type WebgpuBackendOptions, WebgpuError } from "@sd/tfjs-webgpu";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type EngineOptions, openEngine } from "../src/engine.ts";

type Offer = (options: WebgpuBackendOptions) => Promise<WebgpuBackend>;

const webgpu = vi.hoisted(() => ({ offer: undefined as Offer | undefined }));

vi.mock("@sd/tfjs-webgpu", async (original) => ({
  ...(await original<typeof import("@sd/tfjs-webgpu")>()),
  loadWebgpuBackend: (options: WebgpuBackendOptions) => webgpu.offer!(options),
}));

const GPU: Offer = async () => ({ device: "WebGPU, a GPU", software: false, close() {} });
const NOTHING: Offer = async () => {
  throw new WebgpuError("ERR_NO_ADAPTER", "no adapter");
};
const SOFTWARE: Offer = async ({ allowSoftware }) => {
  if (!allowSoftware) throw new WebgpuError("ERR_SOFTWARE_ADAPTER", "only a software driver");
  return { device: "WebGPU, a driver", software: true, close() {} };
};

/** No native engine is installed, and there is no tool to build one with. */
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "sd-engine-"));
  vi.stubEnv("SD_CACHE_DIR", folder);
  vi.stubEnv("PATH", folder);
  vi.stubEnv("SD_ENGINE", "");
});

afterEach(() => vi.unstubAllEnvs());

const open = (offer: Offer, options: EngineOptions = {}) => {
  webgpu.offer = offer;
  return openEngine(options);
};

const refusal = { name: "EngineError", code: "GPU_UNAVAILABLE" };

describe("without the native engine", () => {
  test("WebGPU on a GPU is next, and what is missing is said", async () => {
    const lines: string[] = [];
    const engine = await open(GPU, { log: (line) => lines.push(line) });
    expect(engine).toMatchObject({ name: "webgpu", device: "WebGPU, a GPU", threads: 1 });
    expect(engine.reasons).toHaveLength(2);
    expect(engine.reasons[0]).toContain("native engine: ");
    expect(engine.reasons[1]).toBe("WebGPU has a GPU here");
    expect(lines.join("\n")).toContain("Falling back to WebGPU, a GPU.");
  });

  test.each([
    ["no adapter", NOTHING, "WebGPU: no adapter"],
    ["a software driver", SOFTWARE, "WebGPU: only a software driver"],
  ])("wasm is next where WebGPU has %s", async (_, offer, why) => {
    const lines: string[] = [];
    const engine = await open(offer, { log: (line) => lines.push(line) });
    expect(engine.name).toBe("wasm");
    expect(engine.reasons.slice(1)).toEqual([why, "wasm needs nothing but npm"]);
    expect(lines.join("\n")).toContain("Falling back to WebAssembly");
  });

  test("what is missing of the native engine is named", async (ctx) => {
    if (process.platform !== "linux" || process.arch !== "x64") ctx.skip("needs linux-x64");
    const engine = await open(NOTHING);
    expect(engine.reasons[0]).toContain("Python 3 and pip and C++ compiler (g++) not found");
  });

  test("an error that is not WebGPU's own is not passed over", async () => {
    const broken: Offer = async () => {
      throw new RangeError("broken");
    };
    await expect(open(broken)).rejects.toThrow(new RangeError("broken"));
  });

  test("a GPU that is required may be WebGPU's, but no software driver", async () => {
    expect((await open(GPU, { requireGpu: true })).name).toBe("webgpu");
    await expect(open(SOFTWARE, { requireGpu: true })).rejects.toMatchObject(refusal);
    await expect(open(NOTHING, { requireGpu: true })).rejects.toMatchObject(refusal);
  });
});

describe("asked for by name, webgpu", () => {
  test("takes a software driver, and says so", async () => {
    const { name, reasons } = await open(SOFTWARE, { name: "webgpu" });
    expect(name).toBe("webgpu");
    expect(reasons).toEqual([
      "webgpu was asked for",
      "no GPU is used: its driver computes on the processor, more slowly than wasm",
    ]);
  });

  test("takes none where a GPU is required", async () => {
    const required = open(SOFTWARE, { name: "webgpu", requireGpu: true });
    await expect(required).rejects.toMatchObject(refusal);
    await expect(required).rejects.toThrow("only a software driver");
  });

  test("fails with the reason where there is none", async () => {
    await expect(open(NOTHING, { name: "webgpu" })).rejects.toMatchObject({
      code: "ENGINE_UNAVAILABLE",
      message: "the engine `webgpu` was asked for and cannot be used: WebGPU: no adapter",
    });
  });
});
