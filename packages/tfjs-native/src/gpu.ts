// Why a GPU is not used: asked of the driver and the loader, since TensorFlow falls back to the processor without a word.
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { EngineInstallation } from "./installation.ts";

const require = createRequire(import.meta.url);

/** What the driver says; native/gpu.cc asks it. */
export interface DriverAnswer {
  /** Why no device can be listed. */
  readonly problem?: string;
  /** The newest CUDA that it runs, 1000 · major + 10 · minor. */
  readonly version?: number;
  readonly devices: readonly string[];
}

/** The addon made of native/gpu.cc. */
export interface GpuAddon {
  driver(): DriverAnswer;
  loadProblem(path: string): string | undefined;
}

/** The oldest driver that the pinned CUDA libraries run on. */
const CUDA = 12_000;

// Without any one of these TensorFlow uses no GPU.
const REQUIRED = [
  "cuda_runtime/lib/libcudart.so.12",
  "cublas/lib/libcublas.so.12",
  "cublas/lib/libcublasLt.so.12",
  "cufft/lib/libcufft.so.11",
  "cusolver/lib/libcusolver.so.11",
  "cusparse/lib/libcusparse.so.12",
  "cudnn/lib/libcudnn.so.9",
];

/** The devices that NVIDIA's kernel module has made, by file: `["/dev/nvidia0"]`; under WSL, `["/dev/dxg"]`. */
export function deviceFiles(folder = "/dev"): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /^(nvidia\d+|dxg)$/.test(name));
    return names.sort().map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Why the build for the processor uses no GPU. */
export const PROCESSOR_ONLY =
  "the build of TensorFlow in use is the one for the processor alone (`sd-engine install --cuda` brings the other)";

const cudaVersion = (version: number): string =>
  `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`;

function driverProblem(
  { problem, version, devices }: DriverAnswer,
  files: readonly string[],
): string | undefined {
  const seen = files.length > 0 ? `${files.join(", ")} is there` : "there is no /dev/nvidia*";
  if (problem?.includes("libcuda")) return `NVIDIA's driver is not installed: ${problem} (${seen})`;
  if (version !== undefined && version < CUDA) {
    return `NVIDIA's driver runs CUDA ${cudaVersion(version)}, and ${cudaVersion(CUDA)} is needed: update it`;
  }
  if (problem !== undefined) return `NVIDIA's driver answers ${problem} (${seen})`;
  return devices.length === 0 ? `NVIDIA's driver has no device (${seen})` : undefined;
}

function libraryProblem(libraries: string, { loadProblem }: GpuAddon): string | undefined {
  for (const name of REQUIRED) {
    const problem = loadProblem(join(libraries, "../nvidia", name));
    if (problem !== undefined) return `a CUDA library cannot be loaded: ${problem}`;
  }
  return undefined;
}

/** Why TensorFlow uses no GPU, in words; for an installation that was loaded and runs on the processor. */
export function whyNoGpu(
  { flavour, libraries, gpu }: Pick<EngineInstallation, "flavour" | "libraries" | "gpu">,
  addon: GpuAddon = require(gpu) as GpuAddon,
  files: readonly string[] = deviceFiles(),
): string {
  if (flavour === "cpu") return PROCESSOR_ONLY;
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  if (visible !== undefined && /^\s*(-|$)/.test(visible)) {
    return `CUDA_VISIBLE_DEVICES=\`${visible}\` hides every GPU`;
  }
  const answer = addon.driver();
  return (
    driverProblem(answer, files) ??
    libraryProblem(libraries, addon) ??
    `TensorFlow takes none of ${answer.devices.join(", ")}; with TF_CPP_MIN_LOG_LEVEL=0 it says why`
  );
}
