import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type EngineInstallation, platformProblem } from "@sd/tfjs-native";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { installBuild } from "../src/install.ts";
import { inspect } from "../src/installation.ts";
import { type FakeMachine, fakeMachine, pathOf } from "./fake-machine.ts";

const problem = platformProblem();
let machine: FakeMachine;
let installed: EngineInstallation;
beforeEach(async (ctx) => {
  if (problem !== undefined) ctx.skip(problem);
  machine = await fakeMachine();
  vi.stubEnv("PATH", pathOf(machine));
  installed = await installBuild(machine.root, machine.build);
});
afterEach(() => vi.unstubAllEnvs());

const look = (verify?: boolean) => inspect(machine.root, machine.build, verify);
const library = (): string => join(installed.libraries, "libtensorflow_cc.so.2");
const cublas = (): string => join(installed.libraries, "../nvidia/cublas/lib/libcublas.so.12");

/** Installs again and returns what the programs were called for. */
async function repair(options: { verify?: boolean } = {}): Promise<string[]> {
  const before = (await machine.calls()).length;
  await installBuild(machine.root, machine.build, options);
  expect(await look(true)).toMatchObject({ installation: installed, damage: [] });
  return (await machine.calls()).slice(before);
}

test("an installation lays the wheels side by side and lists every file", async () => {
  expect(await readFile(cublas(), "utf8")).toBe("matrix products");
  expect(await look(true)).toEqual({ installation: installed, damage: [] });
  expect(await repair()).toEqual([]);
});

describe("a damaged file is named, and repaired by its wheel alone", () => {
  test("a library that was cut short", async () => {
    await truncate(library(), 4);
    const { installation, damage } = await look();
    expect(installation).toBeUndefined();
    expect(damage).toEqual([`${library()} has 4 bytes instead of 11`]);
    const calls = await repair();
    expect(calls).toEqual(["download tensorflow", expect.stringMatching(/^unpack /)]);
  });

  test("a library that is missing", async () => {
    await rm(cublas());
    expect((await look()).damage).toEqual([`${cublas()} is missing`]);
    expect((await repair())[0]).toBe("download cublas");
  });

  test("a library of the same size with other content, when asked to verify", async () => {
    await writeFile(cublas(), "matrix produces");
    expect((await look()).damage).toEqual([]);
    expect((await look(true)).damage).toEqual([`${cublas()} has other content than was installed`]);
    expect((await repair({ verify: true }))[0]).toBe("download cublas");
  });

  test("an addon that was cut short", async () => {
    await truncate(installed.addon, 0);
    expect((await look()).damage).toEqual([`${installed.addon} has 0 bytes instead of 8`]);
    expect(await repair()).toEqual([
      ...[
        "compile log_level.node",
        "compile memory.node",
        "compile gpu.node",
        "compile operations.node",
        "compile tfjs_binding.node",
      ],
    ]);
  });

  test.each([undefined, "{", '{"files":[]}'])("a list of files that is %j", async (text) => {
    const list = join(installed.libraries, "../installed.json");
    await (text === undefined ? rm(list) : writeFile(list, text));
    expect((await look()).damage[0]).toContain("installed.json is missing or cannot be read");
    expect(await repair()).toHaveLength(4);
  });
});

describe("wheels of this machine", () => {
  beforeEach(() => rm(machine.root, { recursive: true }));
  const install = (...wheel: string[]): Promise<unknown> =>
    installBuild(machine.root, machine.build, { wheel });

  test("are used instead of downloads, in any order, and stay", async () => {
    await rm(join(machine.folder, "calls"));
    await install(machine.wheel("cublas"), machine.wheel("tensorflow"));
    expect((await machine.calls()).filter((line) => line.startsWith("download"))).toEqual([]);
    expect(await readFile(machine.wheel("cublas"), "utf8")).toContain("matrix products");
  });

  test("only what is not given is downloaded", async () => {
    await rm(join(machine.folder, "calls"));
    await install(machine.wheel("cublas"));
    expect((await machine.calls())[0]).toBe("download tensorflow");
    expect(await machine.calls()).not.toContain("download cublas");
  });

  test("one that is missing is named, and nothing is fetched", async () => {
    await rm(join(machine.folder, "calls"));
    await expect(install("/nowhere/x.whl")).rejects.toMatchObject({
      code: "VERIFICATION_FAILED",
      message: expect.stringContaining("/nowhere/x.whl cannot be read"),
    });
    expect(await machine.calls()).toEqual([]);
  });

  test("one that is damaged is named and stays", async () => {
    const wheel = machine.wheel("cublas");
    await writeFile(wheel, "damaged");
    await expect(install(wheel)).rejects.toMatchObject({
      code: "VERIFICATION_FAILED",
      message: expect.stringContaining(
        `${wheel} is none of the pinned wheels (tensorflow==1.0.0, cublas==1.0.0)`,
      ),
    });
    expect(await readFile(wheel, "utf8")).toBe("damaged");
    expect(await machine.entries()).toEqual([]);
  });
});
