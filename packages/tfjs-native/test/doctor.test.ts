// Engines that are installed but broken, looked at and loaded.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { doctor, formatDoctor, loadNativeBackend, platformProblem } from "@sd/tfjs-native";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ADDONS, addonFolder } from "../src/addon.ts";
import { BUILDS, type EngineFlavour, LIBRARIES } from "../src/builds.ts";
import { writeManifest } from "../src/manifest.ts";
import { findPackage } from "../src/package.ts";
import { tensorflowFolder } from "../src/tensorflow.ts";
import { probe } from "../src/tools.ts";

const problem = platformProblem();
const compiler = await probe("g++", ["--version"]);
/** The PATH with the compiler; without it doctor need not wait for pip. */
const { PATH } = process.env;
let root: string;
beforeEach(async (ctx) => {
  if (problem !== undefined) ctx.skip(problem);
  root = await mkdtemp(join(tmpdir(), "sd-doctor-"));
  vi.stubEnv("SD_CACHE_DIR", root);
  vi.stubEnv("PATH", root);
  for (const name of ["SD_TENSORFLOW", "SD_REQUIRE_GPU"]) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

async function putFolder(folder: string, contents: Record<string, Buffer>): Promise<void> {
  const files = Object.entries(contents).map(([path, content]) => ({
    ...{ path, size: content.length, source: "a test" },
    sha256: createHash("sha256").update(content).digest("hex"),
  }));
  for (const [path, content] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await writeManifest(folder, files);
}

/** An installation that is complete by its lists, of files that are no libraries, around an addon. */
async function putEngine(
  flavour: EngineFlavour,
  logLevel: Buffer = Buffer.from("junk"),
): Promise<string> {
  const build = BUILDS[flavour];
  const tensorflow = tensorflowFolder(root, build);
  const junk = Buffer.from("no library");
  await putFolder(
    tensorflow,
    Object.fromEntries(LIBRARIES.map((name) => [`tensorflow/${name}`, junk])),
  );
  const addons = await addonFolder(root, build, (await findPackage(root))!);
  await putFolder(addons, {
    [ADDONS.binding]: junk,
    [ADDONS.gpu]: junk,
    [ADDONS.logLevel]: logLevel,
  });
  return join(tensorflow, "tensorflow", LIBRARIES[0]);
}

function compiled(program: string): Buffer {
  const output = join(root, "addon.so");
  execFileSync("g++", ["-x", "c", "-shared", "-fPIC", "-", "-o", output], {
    input: program,
    env: { PATH },
  });
  return readFileSync(output);
}

const lineOf = async (name: string): Promise<string> =>
  formatDoctor(await doctor())
    .split("\n")
    .find((line) => line.includes(`  ${name} `))!;

describe("doctor tries the engine in a process of its own", () => {
  test("a file that is no addon is a line of the report", async () => {
    await putEngine("cpu");
    expect(await lineOf("engine loads")).toMatch(/^missing .*log_level\.node: /);
  });

  test("so is a crash", async (ctx) => {
    if (compiler === undefined) ctx.skip("g++ is not installed");
    const program = "#include <stdlib.h>\n__attribute__((constructor)) void f(void) { abort(); }";
    await putEngine("cpu", compiled(program));
    const report = await doctor();
    expect(report).toMatchObject({ usable: false, device: undefined, crashed: true });
    expect(formatDoctor(report)).toMatch(
      /missing {2}engine loads +the process that loaded it was ended by SIGABRT/,
    );
  });

  test("and a missing symbol", async (ctx) => {
    if (compiler === undefined) ctx.skip("g++ is not installed");
    const program =
      "extern int TF_NoSuch; int* napi_register_module_v1(void) { return &TF_NoSuch; }";
    await putEngine("cpu", compiled(program));
    expect(await lineOf("engine loads")).toContain("undefined symbol: TF_NoSuch");
    expect(await doctor()).toMatchObject({ usable: false, crashed: false });
  });
});

describe("doctor looks", () => {
  test("at both builds, and at the one that is taken: CUDA where it is there", async () => {
    expect(await doctor()).toMatchObject({ flavour: "cpu", usable: false });
    await putEngine("cpu");
    expect(await lineOf("installed for CUDA")).toMatch(/^ok .*sd-engine install --cuda/);
    await putEngine("cuda");
    expect(await doctor()).toMatchObject({ flavour: "cuda" });
    vi.stubEnv("SD_TENSORFLOW", "cpu");
    expect(await doctor()).toMatchObject({ flavour: "cpu" });
  });

  test("at what the cache takes", async () => {
    await putEngine("cpu");
    await truncate(await putEngine("cuda"), 3e9);
    expect(await lineOf("cache")).toMatch(/: 3\.00 GB, \d+\.\d\d GB free/);
  });

  test("at every byte when asked", async () => {
    const library = await putEngine("cpu");
    await writeFile(library, "No library");
    const { checks } = await doctor({ verify: true });
    expect(checks.find(({ name }) => name === "installed")).toEqual({
      name: "installed",
      ok: false,
      found: `${library} has other content than was installed`,
      hint: "run `npx sd-engine install --verify`, which repairs it",
    });
  });

  test("for a GPU where one is required", async () => {
    const failed = async (requireGpu: boolean): Promise<string[]> =>
      (await doctor({ requireGpu })).checks.filter(({ ok }) => !ok).map(({ name }) => name);
    expect(await failed(false)).not.toContain("installed for CUDA");
    expect(await failed(true)).toEqual(
      expect.arrayContaining(["NVIDIA driver", "installed for CUDA"]),
    );
  });
});

describe("loadNativeBackend", () => {
  test("names a damaged library and the command that repairs it", async () => {
    const library = await putEngine("cuda");
    await truncate(library, 3);
    await expect(loadNativeBackend()).rejects.toMatchObject({
      code: "VERIFICATION_FAILED",
      message: expect.stringContaining(
        `${library} has 3 bytes instead of 10. \`npx sd-engine install --cuda\` repairs it`,
      ),
    });
  });

  test("says how to install, and can be tried again", async () => {
    await expect(loadNativeBackend({ cuda: true })).rejects.toMatchObject({
      code: "NOT_INSTALLED",
      hint: "Run `npx sd-engine install --cuda`",
    });
    await putEngine("cpu");
    await expect(loadNativeBackend()).rejects.toMatchObject({ code: "LOAD_FAILED" });
  });

  test("refuses the processor's build where a GPU is required, before it is loaded", async () => {
    await putEngine("cpu");
    const refusal = { code: "GPU_UNAVAILABLE", message: expect.stringContaining("install --cuda") };
    await expect(loadNativeBackend({ requireGpu: true })).rejects.toMatchObject(refusal);
    vi.stubEnv("SD_REQUIRE_GPU", "1");
    await expect(loadNativeBackend()).rejects.toMatchObject(refusal);
  });

  test("refuses a build that does not exist", async () => {
    vi.stubEnv("SD_TENSORFLOW", "gpu");
    await expect(loadNativeBackend()).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "native engine: SD_TENSORFLOW is `gpu`: expected cpu or cuda",
    });
  });
});
