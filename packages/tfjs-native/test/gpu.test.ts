import { execFile, execFileSync } from "node:child_process";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type DriverAnswer, deviceFiles, type GpuAddon, whyNoGpu } from "../src/gpu.ts";
import { probe } from "../src/tools.ts";

beforeEach(() => vi.stubEnv("CUDA_VISIBLE_DEVICES", undefined));
afterEach(() => vi.unstubAllEnvs());

const cuda = { flavour: "cuda", libraries: "/engine/tensorflow", gpu: "" } as const;
const fine: DriverAnswer = { version: 12_090, devices: ["NVIDIA H100"] };
const addon = (answer: DriverAnswer, missing?: string): GpuAddon => ({
  driver: () => answer,
  loadProblem: (path) =>
    missing !== undefined && path.endsWith(missing) ? `${path}: cannot open` : undefined,
});
const NO_LIBRARY = "libcuda.so.1: cannot open shared object file: No such file or directory";

describe("whyNoGpu", () => {
  test.each<[string, DriverAnswer, string[], string]>([
    [
      "no driver",
      { problem: NO_LIBRARY, devices: [] },
      [],
      `NVIDIA's driver is not installed: ${NO_LIBRARY} (there is no /dev/nvidia*)`,
    ],
    [
      "a device without a driver's library, as in a container",
      { problem: NO_LIBRARY, devices: [] },
      ["/dev/nvidia0"],
      `NVIDIA's driver is not installed: ${NO_LIBRARY} (/dev/nvidia0 is there)`,
    ],
    [
      "a driver that cannot start",
      { problem: "CUDA_ERROR_NO_DEVICE", version: 12_040, devices: [] },
      [],
      "NVIDIA's driver answers CUDA_ERROR_NO_DEVICE (there is no /dev/nvidia*)",
    ],
    [
      "an old driver",
      { version: 11_040, devices: ["Tesla T4"] },
      ["/dev/nvidia0"],
      "NVIDIA's driver runs CUDA 11.4, and 12.0 is needed: update it",
    ],
    ["no device", { version: 12_040, devices: [] }, [], "NVIDIA's driver has no device"],
    ["no reason that is known", fine, ["/dev/nvidia0"], "TensorFlow takes none of NVIDIA H100"],
  ])("%s", (_, answer, files, words) => {
    expect(whyNoGpu(cuda, addon(answer), files)).toContain(words);
  });

  test("a CUDA library that cannot be loaded is named", () => {
    expect(whyNoGpu(cuda, addon(fine, "libcudnn.so.9"), [])).toBe(
      "a CUDA library cannot be loaded: /engine/nvidia/cudnn/lib/libcudnn.so.9: cannot open",
    );
  });

  test.each(["", "-1", " "])("CUDA_VISIBLE_DEVICES=%j hides it", (value) => {
    vi.stubEnv("CUDA_VISIBLE_DEVICES", value);
    expect(whyNoGpu(cuda, addon(fine), [])).toContain("hides every GPU");
  });

  test("the processor's build has none", () => {
    expect(whyNoGpu({ ...cuda, flavour: "cpu" }, addon(fine), [])).toContain(
      "`sd-engine install --cuda` brings the other",
    );
  });
});

test("deviceFiles knows NVIDIA's numbered devices and WSL's", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sd-dev-"));
  for (const name of ["nvidia1", "nvidia0", "nvidiactl", "nvidia-uvm", "dxg", "null"]) {
    await writeFile(join(folder, name), "");
  }
  expect(deviceFiles(folder)).toEqual(["dxg", "nvidia0", "nvidia1"].map((n) => join(folder, n)));
  expect(deviceFiles(join(folder, "absent"))).toEqual([]);
});

describe("the addon", async () => {
  const compiler = await probe("g++", ["--version"]);
  const native = fileURLToPath(new URL("../native/gpu.cc", import.meta.url));
  const headers = fileURLToPath(
    new URL("../node_modules/node-api-headers/include", import.meta.url),
  );
  let folder: string;
  let file: string;
  beforeEach(async (ctx) => {
    if (compiler === undefined) ctx.skip("g++ is not installed");
    folder = await mkdtemp(join(tmpdir(), "sd-gpu-"));
    file = join(folder, "gpu.node");
    execFileSync("g++", [
      "-std=c++17",
      "-fPIC",
      "-shared",
      "-I",
      headers,
      native,
      "-ldl",
      "-o",
      file,
    ]);
  });

  /** What `driver()` answers where libcuda.so.1 is this C program. */
  async function driverOf(program: string): Promise<DriverAnswer> {
    const libraries = join(folder, "driver");
    await mkdir(libraries);
    await writeFile(join(folder, "cuda.c"), program);
    const output = join(libraries, "libcuda.so.1");
    execFileSync("g++", ["-x", "c", "-shared", "-fPIC", join(folder, "cuda.c"), "-o", output]);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["-p", `JSON.stringify(require(${JSON.stringify(file)}).driver())`],
      { env: { ...process.env, LD_LIBRARY_PATH: libraries } },
    );
    return JSON.parse(stdout) as DriverAnswer;
  }
  const C = `
    #include <string.h>
    int cuDriverGetVersion(int* v) { *v = 12040; return 0; }
    int cuGetErrorName(int e, const char** s) { *s = "CUDA_ERROR_NO_DEVICE"; return 0; }
    int cuDeviceGetCount(int* n) { *n = 2; return 0; }
    int cuDeviceGetName(char* s, int n, int i) { strcpy(s, i ? "GPU B" : "GPU A"); return 0; }`;

  test("lists the driver's devices", async () => {
    expect(await driverOf(`${C} int cuInit(unsigned f) { return 0; }`)).toEqual({
      version: 12_040,
      devices: ["GPU A", "GPU B"],
    });
  });

  test("names the driver's error", async () => {
    expect(await driverOf(`${C} int cuInit(unsigned f) { return 100; }`)).toEqual({
      version: 12_040,
      problem: "CUDA_ERROR_NO_DEVICE",
      devices: [],
    });
  });

  test("survives a library that is not the driver's", async () => {
    expect(await driverOf("int nothing;")).toEqual({ problem: "-1", devices: [] });
  });

  test("says why a library cannot be loaded", async () => {
    const script = `const g = require(${JSON.stringify(file)});
      console.log(JSON.stringify([g.loadProblem("/no/such.so"), g.loadProblem("libm.so.6") ?? "fine"]))`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script]);
    const [absent, present] = JSON.parse(stdout) as [string, string];
    expect(absent).toContain("/no/such.so: cannot open shared object file");
    expect(present).toBe("fine");
  });
});
