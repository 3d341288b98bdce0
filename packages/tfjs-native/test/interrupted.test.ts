import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { platformProblem } from "@sd/tfjs-native";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { installBuild } from "../src/install.ts";
import { wheelFile } from "../src/wheel.ts";
import {
  type FakeMachine,
  fakeMachine,
  installElsewhere,
  killDuring,
  pathOf,
} from "./fake-machine.ts";

const COMPLETE = ["addon", "tensorflow"];
const problem = platformProblem();
let machine: FakeMachine;
beforeEach(async (ctx) => {
  if (problem !== undefined) ctx.skip(problem);
  machine = await fakeMachine();
  vi.stubEnv("PATH", pathOf(machine));
});
afterEach(() => vi.unstubAllEnvs());

const install = (): Promise<unknown> => installBuild(machine.root, machine.build);
const times = async (call: string): Promise<number> =>
  (await machine.calls()).filter((line) => line === call).length;

describe("an installation that was killed (-9)", () => {
  test("while the second wheel was downloaded does not fetch the first again", async () => {
    await killDuring(machine, "download-cublas");
    expect(await machine.entries()).toEqual(["engine.lock", "wheel.whl", "wheel.whl.pid"]);
    await install();
    expect(await times("download tensorflow")).toBe(1);
    expect(await times("download cublas")).toBe(2);
    expect(await machine.entries()).toEqual(COMPLETE);
  });

  test("in mid-unpack unpacks again, from the wheels that are there", async () => {
    await killDuring(machine, "unpack");
    expect(await machine.entries()).toEqual([
      ...["engine.lock", "tensorflow.pid", "wheel.whl", "wheel.whl"],
    ]);
    await install();
    expect((await machine.calls()).filter((line) => line.startsWith("download"))).toHaveLength(2);
    expect(await machine.entries()).toEqual(COMPLETE);
  });

  test("in mid-compile only compiles", async () => {
    await killDuring(machine, "compile");
    expect(await machine.entries()).toEqual(["addon.pid", "engine.lock", "tensorflow"]);
    const before = (await machine.calls()).length;
    await install();
    const after = (await machine.calls()).slice(before);
    expect(after.every((line) => line.startsWith("compile"))).toBe(true);
    expect(await machine.entries()).toEqual(COMPLETE);
  });
});

test("of two installers at once one works and both are right", async () => {
  const both = await Promise.all([installElsewhere(machine).done, installElsewhere(machine).done]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(await times("download tensorflow")).toBe(1);
  expect(await times("compile tfjs_binding.node")).toBe(1);
  expect(await machine.entries()).toEqual(COMPLETE);
});

describe("a step that fails leaves nothing half-done", () => {
  test.each([
    ["unpack", "UNPACK_FAILED", "No space left on device", ["wheel.whl", "wheel.whl"]],
    ["compile", "COMPILE_FAILED", "no such thing", ["tensorflow"]],
  ])("%s", async (step, code, words, left) => {
    await machine.turn(`fail-${step}`, true);
    const error = await install().catch((e: unknown) => e);
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(await machine.entries()).toEqual(left);
    await machine.turn(`fail-${step}`, false);
    await install();
    expect(await machine.entries()).toEqual(COMPLETE);
  });

  test("a build that cannot fit is refused before anything is fetched", async () => {
    const build = { ...machine.build, unpackedBytes: 1e18 };
    await expect(installBuild(machine.root, build)).rejects.toMatchObject({
      code: "CACHE_UNUSABLE",
      message: expect.stringMatching(/has .* GB of free space, and .* needs 1000000000\.00 GB/),
    });
    expect(await machine.calls()).toEqual([]);
    expect(await machine.entries()).toEqual([]);
  });
});

test("a download that was cut short is fetched again", async () => {
  await killDuring(machine, "download-cublas");
  const [tensorflow] = machine.build.wheels;
  await writeFile(wheelFile(machine.root, tensorflow!), "cut");
  await install();
  expect(await times("download tensorflow")).toBe(2);
  expect(await machine.entries()).toEqual(COMPLETE);
});

describe("a cache folder that cannot be written", () => {
  test("is named, where a file is in its way", async () => {
    await writeFile(join(machine.folder, "file"), "");
    const root = join(machine.folder, "file", "cache");
    await expect(installBuild(root, machine.build)).rejects.toMatchObject({
      code: "CACHE_UNUSABLE",
      message: expect.stringMatching(
        /the cache folder .*file\/cache cannot be used: ENOTDIR.*\. Make it writable, or set SD_CACHE_DIR/,
      ),
    });
  });

  test("is named, where the user has no right to", async (ctx) => {
    const [uid, gid] = [process.getuid?.(), 65_534];
    if (uid !== 0) ctx.skip("becoming another user takes root");
    const { done } = installElsewhere({ ...machine, root: "/var/lib/sd" }, { uid: gid, gid });
    const { code, err } = await done;
    if (/Cannot find module|EACCES.*(node|ts)'/.test(err)) ctx.skip("that user cannot read this");
    expect(code).toBe(1);
    expect(err).toMatch(/CACHE_UNUSABLE .*the cache folder \/var\/lib\/sd cannot be used: EACCES/);
  });
});
