// With the machine's own python3.
import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { beforeEach, expect, test } from "vitest";
import { probe } from "../src/tools.ts";
import { unpackWheel } from "../src/unpack.ts";

const python = await probe("python3", ["--version"]);
let folder: string;
beforeEach(async (ctx) => {
  if (python === undefined) ctx.skip("python3 is not installed");
  folder = await mkdtemp(join(tmpdir(), "sd-unpack-"));
});

const ZIP = `
import json, sys, zipfile
file, entries = sys.argv[1], json.loads(sys.argv[2])
with zipfile.ZipFile(file, 'w', zipfile.ZIP_DEFLATED) as z:
    for name, mode in entries:
        info = zipfile.ZipInfo(name)
        info.external_attr = int(mode, 8) << 16
        z.writestr(info, name)
`;

/** A wheel in which each file's content is its path. */
function wheel(entries: readonly [string, string][]): string {
  const file = join(folder, "x.whl");
  execFileSync("python3", ["-c", ZIP, file, JSON.stringify(entries)]);
  return file;
}
const pin = { requirement: "x==1", sha256: "", bytes: 0 };

test("takes libraries, C headers and ptxas, and nothing else", async () => {
  const kept = [
    "tensorflow/libtensorflow_cc.so.2",
    "tensorflow/libtensorflow_framework.so.2",
    "tensorflow/include/tensorflow/c/c_api.h",
    "tensorflow/include/xla/tsl/c/tsl_status.h",
    "nvidia/cudnn/lib/libcudnn.so.9",
    "nvidia/cuda_nvrtc/lib/libnvrtc-builtins.so.12.9",
    "nvidia/cuda_nvcc/bin/ptxas",
    "nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc",
  ];
  const left = [
    "tensorflow/python/lib_pywrap_tensorflow_common.so",
    "tensorflow/include/absl/base/config.h",
    "tensorflow/libtensorflow_cc.so.2.txt",
    "nvidia/cuda_runtime/lib/libcudart_static.a",
    "nvidia/cublas/include/cublas.h",
    "nvidia/curand/lib/__init__.py",
    "evil/nvidia/cudnn/lib/libcudnn.so.9",
  ];
  const mode = (name: string): string => (name.endsWith("ptxas") ? "100744" : "100644");
  const file = wheel([...kept, ...left].map((name) => [name, mode(name)]));
  const files = await unpackWheel(pin, file, join(folder, "out"));
  expect(files.map(({ path }) => path)).toEqual(kept);
  for (const { path, size, source } of files) {
    expect(await readFile(join(folder, "out", path), "utf8")).toBe(path);
    expect([size, source]).toEqual([path.length, "x==1"]);
    const executable = ((await stat(join(folder, "out", path))).mode & 0o100) !== 0;
    expect(executable).toBe(path.endsWith("ptxas"));
  }
});

test("a path that leads out of the folder stays inside", async () => {
  const file = wheel([["nvidia/cuda_nvcc/bin/../../../../../../escaped", "100644"]]);
  const [entry] = await unpackWheel(pin, file, join(folder, "out"));
  expect(entry!.path.startsWith("..")).toBe(false);
  await expect(stat(join(folder, "escaped"))).rejects.toThrow("ENOENT");
});

test("what is no wheel fails with Python's words", async () => {
  await expect(unpackWheel(pin, process.execPath, folder)).rejects.toMatchObject({
    code: "UNPACK_FAILED",
    message: expect.stringContaining("BadZipFile"),
  });
});

test("python3 ends with the process that started it, killed without warning", async (ctx) => {
  const tools = pathToFileURL(join(import.meta.dirname, "../src/tools.ts")).href;
  const script = `
    const { runPython } = await import(${JSON.stringify(tools)});
    await runPython("UNPACK_FAILED", "import os, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)", [process.argv[1]]);`;
  if (process.platform !== "linux") ctx.skip("Linux only");
  const file = join(folder, "pid");
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script];
  const parent = spawn(process.execPath, [...flags, file], { stdio: "ignore" });
  const pid = async (): Promise<number> => Number(await readFile(file, "utf8").catch(() => ""));
  while (!(await pid())) await sleep(20);
  parent.kill("SIGKILL");
  const gone = async (): Promise<boolean> => {
    const status = await readFile(`/proc/${await pid()}/status`, "utf8").catch(() => "State:\tZ");
    return /State:\t[ZX]/.test(status);
  };
  for (let i = 0; i < 100 && !(await gone()); i++) await sleep(50);
  expect(await gone()).toBe(true);
});
