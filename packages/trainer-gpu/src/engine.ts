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
  /** Is told, in words, what takes time. @defaultValue silent */
  readonly log?: (line: string) => void;
}

type Opener = (options: { install: boolean; log: (line: string) => void }) => Promise<string>;

const OPENERS: Readonly<Record<EngineName, Opener>> = {
  async native({ install, log }) {
    if (install && (await findEngine()) === undefined) await installEngine({ log });
    const { device, tensorflowVersion, oneDNN } = await loadNativeBackend();
    return `${device}, TensorFlow ${tensorflowVersion}, oneDNN ${oneDNN ? "on" : "off"}`;
  },
  async wasm() {
    return (await loadWasmBackend()).device;
  },
  async cpu() {
    await tf.setBackend("cpu");
    return "CPU, plain JavaScript";
  },
};

/**
 * Opens the engine that this process trains on: the native one, else wasm; or the one asked for.
 *
 * A process computes on one engine at a time: tfjs's current backend. Opening another makes that one current.
 *
 * @throws TrainerError `UNKNOWN_NAME` for a name that is not an engine, `ENGINE_UNAVAILABLE` where the engine asked for cannot
 * be opened, with the reason.
 */
export async function openEngine({
  name = process.env.SD_ENGINE || undefined,
  install = true,
  log = () => {},
}: EngineOptions = {}): Promise<Engine> {
  if (name !== undefined) {
    const open = lookUp(OPENERS, "engine", name);
    const device = await open({ install, log }).catch((cause: unknown) => {
      throw new TrainerError(
        "ENGINE_UNAVAILABLE",
        `the engine \`${name}\` was asked for and cannot be used: ${(cause as Error).message}`,
        { cause },
      );
    });
    return { name: name as EngineName, device, reasons: [`${name} was asked for`] };
  }
  try {
    const device = await OPENERS.native({ install, log });
    return { name: "native", device, reasons: ["the native engine is the fastest and works here"] };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    log(`${error.message}\nFalling back to WebAssembly, several times slower.`);
    const device = await OPENERS.wasm({ install, log });
    return { name: "wasm", device, reasons: [error.message, "wasm needs nothing but npm"] };
  }
}
