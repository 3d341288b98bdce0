// Loads the engine and computes with it, in a process of its own: what a crash or a missing symbol ends is not the caller.
import { spawn } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineFlavour } from "./builds.ts";

/** What the engine could do in a process of its own. */
export interface TrialResult {
  readonly device: "CPU" | "GPU";
  readonly flavour: EngineFlavour;
  readonly gpuProblem?: string;
  readonly tensorflowVersion: string;
  readonly oneDNN: boolean;
  /** Billions of floating-point operations a second, in a product of two 1024 × 1024 matrices. */
  readonly gigaflops: number;
}

/** How the engine failed in a process of its own. */
export interface TrialFailure {
  readonly problem: string;
  /** Whether the process was ended from outside, as by a segmentation fault, instead of by an error. */
  readonly crashed: boolean;
}

/** What the child prints before its answer; TensorFlow may print other lines. */
export const MARK = "sd-engine-trial:";
const TIMEOUT_MS = 180_000;

// Beside this file, as a source or as it is built.
const script = fileURLToPath(
  new URL(`./trial-process${extname(import.meta.url)}`, import.meta.url),
);

/** The engine that is meant, tried in a process of its own: what it could do, or how it failed. */
export async function tryEngine(flavour: EngineFlavour): Promise<TrialResult | TrialFailure> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script], {
      env: { ...process.env, SD_TENSORFLOW: flavour, SD_REQUIRE_GPU: "0", NODE_OPTIONS: "" },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (data) => {
      out += data;
    });
    child.stderr.on("data", (data) => {
      err += data;
    });
    child.on("error", ({ message }) =>
      resolve({ problem: `it could not be started: ${message}`, crashed: false }),
    );
    child.on("close", (code, signal) => {
      const answer = out.split("\n").find((line) => line.startsWith(MARK));
      if (answer !== undefined) return resolve(parse(answer.slice(MARK.length)));
      const words = err.trim().split("\n").slice(-4).join("\n");
      const end = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
      const problem = `the process that loaded it ${end}${words === "" ? "" : `: ${words}`}`;
      resolve({ problem, crashed: signal !== null });
    });
  });
}

function parse(text: string): TrialResult | TrialFailure {
  const answer = JSON.parse(text) as TrialResult | { readonly error: string };
  return "error" in answer ? { problem: answer.error, crashed: false } : answer;
}
