import { EngineError, findEngine, installEngine, loadNativeBackend } from "@sd/tfjs-native";
import { loadWasmBackend } from "@sd/tfjs-wasm";
import * as tf from "@tensorflow/tfjs";
import { lookUp, TrainerError } from "./errors.ts";

/** The engines, in the order in which they are tried. */
export type EngineName = "native" | "wasm" | "cpu";

/** A loaded engine: tfjs's backend of this process. */
export interface Engine {
  readonly name: EngineName;
  /** The device in words, for people and manifests: "CPU, TensorFlow 2.21.0, oneDNN on". */
  readonly device: string;
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
  /** Is told, in words, what takes time. @defaultValue silent */
  readonly log?: (line: string) => void;
}

interface Opened {
  readonly device: string;
  /** What a person should know about the choice of the device. */
  readonly reasons: readonly string[];
}

type Opener = (options: {
  readonly install: boolean;
  readonly requireGpu: boolean;
  readonly log: (line: string) => void;
}) => Promise<Opened>;

function refuseProcessor(name: EngineName, requireGpu: boolean): void {
  if (!requireGpu) return;
  throw new EngineError("GPU_UNAVAILABLE", `a GPU is required, and the engine ${name} uses none`);
}

const OPENERS: Readonly<Record<EngineName, Opener>> = {
  async native({ install, requireGpu, log }) {
    if (install && !requireGpu && (await findEngine()) === undefined) await installEngine({ log });
    const engine = await loadNativeBackend({ requireGpu });
    const { device, tensorflowVersion, oneDNN, flavour, gpuProblem } = engine;
    const idle = flavour === "cuda" && gpuProblem !== undefined;
    return {
      device: `${device}, TensorFlow ${tensorflowVersion}, oneDNN ${oneDNN ? "on" : "off"}`,
      reasons: idle ? [`no GPU is used: ${gpuProblem}`] : [],
    };
  },
  async wasm({ requireGpu }) {
    refuseProcessor("wasm", requireGpu);
    return { device: (await loadWasmBackend()).device, reasons: [] };
  },
  async cpu({ requireGpu }) {
    refuseProcessor("cpu", requireGpu);
    await tf.setBackend("cpu");
    return { device: "CPU, plain JavaScript", reasons: [] };
  },
};

/**
 * Opens the engine that this process trains on: the native one, else wasm; or the one asked for.
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
  log = () => {},
}: EngineOptions = {}): Promise<Engine> {
  const options = { install, requireGpu, log };
  if (name !== undefined) {
    const open = lookUp(OPENERS, "engine", name);
    const { device, reasons } = await open(options).catch((cause: unknown) => {
      if (isGpuUnavailable(cause)) throw cause;
      throw new TrainerError(
        "ENGINE_UNAVAILABLE",
        `the engine \`${name}\` was asked for and cannot be used: ${(cause as Error).message}`,
        { cause },
      );
    });
    return { name: name as EngineName, device, reasons: [`${name} was asked for`, ...reasons] };
  }
  try {
    const { device, reasons } = await OPENERS.native(options);
    const why = "the native engine is the fastest and works here";
    return { name: "native", device, reasons: [why, ...reasons] };
  } catch (error) {
    if (!(error instanceof EngineError) || requireGpu) throw error;
    log(`${error.message}\nFalling back to WebAssembly, several times slower.`);
    const { device } = await OPENERS.wasm(options);
    return { name: "wasm", device, reasons: [error.message, "wasm needs nothing but npm"] };
  }
}

const isGpuUnavailable = (error: unknown): boolean =>
  error instanceof EngineError && error.code === "GPU_UNAVAILABLE";
