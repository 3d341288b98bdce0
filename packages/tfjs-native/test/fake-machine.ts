// A machine with a fake python3 and a fake g++, and a build of TensorFlow made of two small wheels.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { TensorFlowBuild, Wheel } from "../src/builds.ts";
import { isOwnEntry } from "../src/own-entries.ts";
import { fakeCompiler, fakePython } from "./fake-python.ts";

const FILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  tensorflow: {
    "tensorflow/libtensorflow_cc.so.2": "the library",
    "tensorflow/libtensorflow_framework.so.2": "the framework",
  },
  cublas: { "nvidia/cublas/lib/libcublas.so.12": "matrix products" },
};

export interface FakeMachine {
  readonly folder: string;
  /** The cache folder. */
  readonly root: string;
  readonly build: TensorFlowBuild;
  /** The file of a wheel that can be downloaded. */
  wheel(name: string): string;
  /** Makes a step behave in another way: "hold-unpack", "fail-compile". */
  turn(name: string, on: boolean): Promise<void>;
  /** What the fake programs were called for. */
  calls(): Promise<string[]>;
  /** What lies in the cache, without the version and hash of each name. */
  entries(): Promise<string[]>;
}

export async function fakeMachine(): Promise<FakeMachine> {
  const folder = await mkdtemp(join(tmpdir(), "sd-machine-"));
  const root = join(folder, "cache");
  const bin = join(folder, "bin");
  await mkdir(bin);
  // Another user may look, too.
  await chmod(folder, 0o755);
  const programs = { python3: fakePython(folder), "g++": fakeCompiler(folder) };
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
  const wheels: Wheel[] = [];
  for (const [name, files] of Object.entries(FILES)) {
    const text = JSON.stringify(files);
    await writeFile(join(folder, `${name}.whl`), text);
    const sha256 = createHash("sha256").update(text).digest("hex");
    wheels.push({ requirement: `${name}==1.0.0`, sha256, bytes: text.length });
  }
  const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
  return {
    folder,
    root,
    build: { flavour: "cuda", version: "2.21.0", wheels, unpackedBytes: 100 },
    wheel: (name) => join(folder, `${name}.whl`),
    turn: (name, on) =>
      on ? writeFile(join(folder, name), "") : rm(join(folder, name), { force: true }),
    calls: async () => lines(await readFile(join(folder, "calls"), "utf8").catch(() => "")),
    entries: async () =>
      (await readdir(root).catch(() => []))
        .map((name) => (isOwnEntry(name) ? name.replace(/-.*?[0-9a-f]{12}/, "") : name))
        .map((name) => name.replace(/\.\d+$/, ".pid"))
        .sort(),
  };
}

/** The PATH of the fake machine. */
export const pathOf = ({ folder }: FakeMachine): string => join(folder, "bin");

const child = fileURLToPath(new URL("./install-process.ts", import.meta.url));

/** Installs the fake build in another process. */
export function installElsewhere(
  machine: FakeMachine,
  identity: { uid?: number; gid?: number } = {},
): { process: ChildProcess; done: Promise<{ code: number | null; err: string }> } {
  const started = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", child], {
    env: { ...process.env, PATH: pathOf(machine), FAKE: JSON.stringify(machine) },
    stdio: ["ignore", "ignore", "pipe"],
    ...identity,
  });
  let err = "";
  started.stderr.on("data", (data) => {
    err += data;
  });
  const done = new Promise<{ code: number | null; err: string }>((resolve) => {
    started.on("close", (code) => resolve({ code, err }));
  });
  return { process: started, done };
}

/** Kills an installation in another process, without warning, once a step has begun and waits. */
export async function killDuring(machine: FakeMachine, step: string): Promise<void> {
  await machine.turn(`hold-${step}`, true);
  const { process: installer, done } = installElsewhere(machine);
  while (!(await machine.calls()).includes(`holding ${step}`)) {
    if (installer.exitCode !== null) throw new Error((await done).err);
    await sleep(20);
  }
  installer.kill("SIGKILL");
  await done;
  await machine.turn(`hold-${step}`, false);
}
