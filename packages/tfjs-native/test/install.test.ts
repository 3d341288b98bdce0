import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError, findEngine, installEngine, platformProblem } from "@sd/tfjs-native";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { askedFlavour, BUILDS } from "../src/builds.ts";
import { buildRequirements } from "../src/requirements.ts";

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "sd-install-"));
  vi.stubEnv("SD_CACHE_DIR", cache);
});
afterEach(() => vi.unstubAllEnvs());

describe("platformProblem", () => {
  test.each([
    ["linux", "x64", "2.27"],
    ["linux", "x64", "2.36"],
    ["linux", "x64", "3.0"],
  ])("%s-%s with glibc %s is supported", (...platform) => {
    expect(platformProblem(...platform)).toBeUndefined();
  });

  test.each([
    ["darwin", "arm64", undefined, "linux-x64 only, this is darwin-arm64"],
    ["linux", "arm64", "2.36", "this is linux-arm64"],
    ["win32", "x64", undefined, "this is win32-x64"],
    ["linux", "x64", "2.26", "glibc 2.27 or later, this system has 2.26"],
  ])("%s-%s with glibc %s is not", (platform, arch, glibc, message) => {
    expect(platformProblem(platform, arch, glibc)).toContain(message);
  });
});

describe("an empty machine", () => {
  test("has no engine", async () => {
    expect(await findEngine()).toBeUndefined();
  });

  test("is told everything that is missing at once, and nothing is written", async (ctx) => {
    const problem = platformProblem();
    if (problem !== undefined) ctx.skip(problem);
    vi.stubEnv("PATH", cache);
    const error = await installEngine().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ code: "MISSING_TOOL" });
    expect((error as Error).message).toContain("Python 3 and pip and C++ compiler (g++) not found");
    expect(await readdir(cache)).toEqual([]);
  });

  test("requirements say what is found", async () => {
    vi.stubEnv("PATH", cache);
    expect((await buildRequirements()).map(({ found }) => found)).toEqual(Array(3).fill(undefined));
  });
});

describe("the pinned wheels", () => {
  test("each has a version, a sha256 of its own, and a size", () => {
    const wheels = [...BUILDS.cpu.wheels, ...BUILDS.cuda.wheels];
    for (const { requirement, sha256, bytes } of wheels) {
      expect(requirement).toMatch(/^[a-z0-9-]+==\d+(\.\d+)+$/);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(bytes).toBeGreaterThan(1e6);
    }
    expect(new Set(wheels.map(({ sha256 }) => sha256)).size).toBe(14);
    expect(BUILDS.cuda.wheels).toHaveLength(13);
  });

  test("a file that is not the pinned wheel is refused with both checksums", async (ctx) => {
    const missing = (await buildRequirements()).filter(({ found }) => found === undefined);
    if (platformProblem() !== undefined || missing.length > 0)
      ctx.skip("the engine cannot be built here");
    const wheel = join(cache, "mine.whl");
    await writeFile(wheel, "not a wheel");
    const error = await installEngine({ wheel }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "VERIFICATION_FAILED" });
    expect((error as Error).message).toContain(
      `expected sha256 ${BUILDS.cpu.wheels[0]!.sha256}, got `,
    );
    expect(await readdir(cache)).toEqual(["mine.whl"]);
  });
});

describe("askedFlavour", () => {
  test.each([
    [undefined, "", undefined],
    [undefined, "cpu", "cpu"],
    [undefined, "cuda", "cuda"],
    [true, "cpu", "cuda"],
    [false, "cuda", "cpu"],
  ] as const)("the option %j goes before SD_TENSORFLOW=%s", (option, variable, flavour) => {
    vi.stubEnv("SD_TENSORFLOW", variable);
    expect(askedFlavour(option)).toBe(flavour);
  });
});
