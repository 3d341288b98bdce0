import { availableParallelism } from "node:os";
import { EngineError, findEngine, installEngine, loadNativeBackend } from "@sd/tfjs-native";
import { loadWasmBackend } from "@sd/tfjs-wasm";
import { loadWebgpuBackend, WebgpuError } from "@sd/tfjs-webgpu";
import * as tf from "@tensorflow/tfjs";
import { lookUp, requireOption, TrainerError } from "./errors.ts";

/** The engines, in the order in which they are tried. */
export type EngineName = "native" | "webgpu" | "wasm" | "cpu";

/** A loaded engine: tfjs's backend of this process. */
export interface Engine {
  readonly name: EngineName;
  /** The device in words, for people and manifests: "CPU, TensorFlow 2.21.0, oneDNN on". */
  readonly device: string;
  /** How many threads one operation is computed with. */
  readonly threads: number;
  /** Why this engine and not another, a sentence each. */
  readonly reasons: readonly string[];
}

/** How to open an engine. */
export interface EngineOptions {
  /** The only engine wanted; failing to open it is an error. @defaultValue `$SD_ENGINE`, else the best that works */
  readonly name?: string | undefined;
  /** Build the native engine where it is missing. @defaultValue true */
  readonly install?: boolean;
  /** Fail where no GPU is used, instead of training on the processor. @defaultValue whether `$SD_REQUIRE_GPU` is 1 */
  readonly requireGpu?: boolean | undefined;
  /**
   * How many threads the engine computes with: native, or wasm, which uses 8 at most. A process has one number for each,
   * fixed when the engine is first opened.
   * @defaultValue `$TF_NUM_INTRAOP_THREADS`, else one a core
   */
  readonly threads?: number | undefined;
  /** Is told, in words, what takes time. @defaultValue silent */
  readonly log?: (line: string) => void;
}

interface Opened {
  readonly device: string;
  readonly threads: number;
  /** What a person should know about the choice of the device. */
  readonly reasons: readonly string[];
}

/** What TensorFlow was told when it was loaded; it reads it only then. */
let toldThreads: string | undefined;

/** What the WebAssembly backend has been computing with. */
let wasmThreads: number | undefined;

/** Tells TensorFlow how many threads to take; returns how many it takes. */
function setThreads(threads: number | undefined): number {
  const { env } = process;
  if (threads !== undefined && toldThreads === undefined) {
    env.TF_NUM_INTRAOP_THREADS = String(threads);
    // Operations beside each other: more than two only take memory where one takes all cores.
    env.TF_NUM_INTEROP_THREADS = String(Math.min(threads, 2));
  }
  toldThreads ??= env.TF_NUM_INTRAOP_THREADS ?? "";
  const taken = Number(toldThreads) || availableParallelism();
  const fits = threads === undefined || threads === taken;
  requireOption("threads", threads, `${taken}, which this process has been running with`, fits);
  return taken;
}

interface OpenerOptions {
  readonly threads: number | undefined;
  readonly install: boolean;
  readonly requireGpu: boolean;
  readonly log: (line: string) => void;
  /** Whether this engine was asked for by name. */
  readonly named: boolean;
}

type Opener = (options: OpenerOptions) => Promise<Opened>;

function refuseProcessor(name: EngineName, requireGpu: boolean): void {
  if (!requireGpu) return;
  throw new EngineError("GPU_UNAVAILABLE", `a GPU is required, and the engine ${name} uses none`);
}

const OPENERS: Readonly<Record<EngineName, Opener>> = {
  async native({ install, requireGpu, log, threads }) {
    if (install && !requireGpu && (await findEngine()) === undefined) await installEngine({ log });
    const taken = setThreads(threads);
    const engine = await loadNativeBackend({ requireGpu });
    const { device, tensorflowVersion, oneDNN, flavour, gpuProblem } = engine;
    const idle = flavour === "cuda" && gpuProblem !== undefined;
    return {
      device: `${device}, TensorFlow ${tensorflowVersion}, oneDNN ${oneDNN ? "on" : "off"}`,
      threads: taken,
      reasons: idle ? [`no GPU is used: ${gpuProblem}`] : [],
    };
  },
  async webgpu({ requireGpu, named }) {
    const allowSoftware = named && !requireGpu;
    const { device, software } = await loadWebgpuBackend({ allowSoftware }).catch((cause) => {
      if (!requireGpu || !(cause instanceof WebgpuError)) throw cause;
      throw new EngineError("GPU_UNAVAILABLE", `a GPU is required. ${cause.message}`, { cause });
    });
    const slow = "no GPU is used: its driver computes on the processor, more slowly than wasm";
    return { device, threads: 1, reasons: software ? [slow] : [] };
  },
  async wasm({ requireGpu, threads: wanted }) {
    refuseProcessor("wasm", requireGpu);
    const fromEnvironment = Number(process.env.TF_NUM_INTRAOP_THREADS) || undefined;
    const { device, threads, threadsProblem } = await loadWasmBackend({
      threads: wanted ?? wasmThreads ?? fromEnvironment,
    });
    wasmThreads = threads;
    const reasons = threadsProblem === undefined ? [] : [`one thread: ${threadsProblem}`];
    return { device, threads, reasons };
  },
  async cpu({ requireGpu }) {
    refuseProcessor("cpu", requireGpu);
    await tf.setBackend("cpu");
    return { device: "CPU, plain JavaScript", threads: 1, reasons: [] };
  },
};

/**
 * Opens the engine that this process trains on: the native one, else WebGPU where it has a GPU, else
 * wasm; or the one asked for. WebGPU on a software driver is used only where it is asked for.
 *
 * A process computes on one engine at a time: tfjs's current backend. Opening another makes that one current.
 *
 * @throws TrainerError `UNKNOWN_NAME` for a name that is not an engine, `ENGINE_UNAVAILABLE` where the engine asked for cannot
 * be opened, with the reason.
 * @throws EngineError `GPU_UNAVAILABLE` where a GPU is required and not used, with the reason: another engine is no answer then.
 */
export async function openEngine({
  name = process.env.SD_ENGINE || undefined,
  install = true,
  requireGpu = process.env.SD_REQUIRE_GPU === "1",
  threads: wanted,
  log = () => {},
}: EngineOptions = {}): Promise<Engine> {
  const whole = wanted === undefined || (Number.isSafeInteger(wanted) && wanted >= 1);
  requireOption("threads", wanted, "a positive integer", whole);
  const options = { install, requireGpu, log, threads: wanted, named: name !== undefined };
  if (name !== undefined) {
    const open = lookUp(OPENERS, "engine", name);
    const opened = await open(options).catch((cause: unknown) => {
      if (isGpuUnavailable(cause) || cause instanceof TrainerError) throw cause;
      throw new TrainerError(
        "ENGINE_UNAVAILABLE",
        `the engine \`${name}\` was asked for and cannot be used: ${(cause as Error).message}`,
        { cause },
      );
    });
    const reasons = [`${name} was asked for`, ...opened.reasons];
    return { ...opened, name: name as EngineName, reasons };
  }
  try {
    const opened = await OPENERS.native(options);
    const why = "the native engine is the fastest and works here";
    return { ...opened, name: "native", reasons: [why, ...opened.reasons] };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return openAnother(error, options);
  }
}

/** The best engine but the native one, which cannot be used. */
async function openAnother(native: EngineError, options: OpenerOptions): Promise<Engine> {
  const { log, requireGpu } = options;
  try {
    const opened = await OPENERS.webgpu(options);
    log(`${native.message}\nFalling back to ${opened.device}.`);
    const reasons = [native.message, "WebGPU has a GPU here", ...opened.reasons];
    return { ...opened, name: "webgpu", reasons };
  } catch (webgpu) {
    if (requireGpu) throw native;
    if (!(webgpu instanceof WebgpuError)) throw webgpu;
    log(`${native.message}\nFalling back to WebAssembly, several times slower.`);
    const opened = await OPENERS.wasm(options);
    const reasons = [
      native.message,
      webgpu.message,
      "wasm needs nothing but npm",
      ...opened.reasons,
    ];
    return { ...opened, name: "wasm", reasons };
  }
}

const isGpuUnavailable = (error: unknown): boolean =>
  error instanceof EngineError && error.code === "GPU_UNAVAILABLE";
