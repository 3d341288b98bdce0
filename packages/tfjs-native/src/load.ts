import { createRequire } from "node:module";
import { join } from "node:path";
import * as util from "node:util";
import { isMainThread } from "node:worker_threads";
import type * as TensorFlow from "@tensorflow/tfjs";
import type { EngineInstallation } from "./addon.ts";
import { requireWith } from "./commonjs.ts";
import { EngineError } from "./errors.ts";
import { findEngine } from "./install.ts";

const require = createRequire(import.meta.url);

/** The loaded engine. */
export interface NativeEngine {
  /** The same `@tensorflow/tfjs` that the caller imports, with the backend "tensorflow" set. */
  readonly tf: typeof TensorFlow;
  /** "CPU" or "GPU": the device that the backend runs on. */
  readonly device: "CPU" | "GPU";
  readonly tensorflowVersion: string;
  /** Whether oneDNN's kernels were asked for (`TF_ENABLE_ONEDNN_OPTS`). */
  readonly oneDNN: boolean;
}

interface Binding {
  readonly TF_Version: string;
}

interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
}

/** What `util` lost in Node 23 and tfjs-node 4.22.0 still asks it for. */
const utilOfNode22 = {
  ...util,
  isArray: Array.isArray,
  isNullOrUndefined: (x: unknown): boolean => x === null || x === undefined,
};

/** Settings that TensorFlow reads when its library is loaded; what the user has set stays. */
function setDefaults(): void {
  // oneDNN is on by itself only where AVX-512 VNNI or AMX is; without it convolutions take several times as long.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= "1";
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= "true";
}

/** Registers the backend as tfjs-node's own index.js does, without its search for an addon inside the package's folder. */
function register({ addon, logLevel, packageFolder }: EngineInstallation): NativeEngine {
  setDefaults();
  const tf = require("@tensorflow/tfjs") as typeof TensorFlow;
  const requireOfTfjs = createRequire(require.resolve("@tensorflow/tfjs"));
  const load = requireWith(
    new Map<string, unknown>([
      // All that its files ask for is named here: they may lie in the cache, where Node would not find it.
      ["@tensorflow/tfjs", tf],
      ["@tensorflow/tfjs-core", requireOfTfjs("@tensorflow/tfjs-core")],
      ["google-protobuf", require("google-protobuf")],
      ["util", utilOfNode22],
    ]),
  );
  const dist = (file: string): unknown => load(join(packageFolder, "dist", file));
  require(logLevel);
  const binding = require(addon) as Binding;
  const { NodeJSKernelBackend } = dist("nodejs_kernel_backend.js") as {
    NodeJSKernelBackend: new (binding: Binding, name: string) => TensorFlow.KernelBackend;
  };
  dist("register_all_kernels.js");
  tf.registerBackend(
    "tensorflow",
    () => new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node-gpu"),
    3,
  );
  if (!tf.setBackend("tensorflow")) {
    throw new EngineError("LOAD_FAILED", "the TensorFlow backend did not initialise");
  }
  const backend = tf.backend() as unknown as NativeBackend;
  return {
    tf,
    device: backend.isUsingGpuDevice ? "GPU" : "CPU",
    tensorflowVersion: binding.TF_Version,
    oneDNN: process.env.TF_ENABLE_ONEDNN_OPTS === "1",
  };
}

let loaded: Promise<NativeEngine> | undefined;

async function loadOnce(): Promise<NativeEngine> {
  const installation = await findEngine();
  if (installation === undefined) {
    throw new EngineError("NOT_INSTALLED", "it is not installed", {
      hint: "Run `npx sd-engine install`",
    });
  }
  try {
    return register(installation);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const where = isMainThread ? "" : " (in a worker thread)";
    throw new EngineError("LOAD_FAILED", `${(cause as Error).message}${where}`, { cause });
  }
}

/**
 * Loads the installed engine into this process and makes it tfjs's backend ("tensorflow"); later calls make it the backend again
 * and return the same engine.
 *
 * Call it on the main thread, before anything else loads TensorFlow: its settings are read from the environment only once.
 *
 * @throws EngineError `NOT_INSTALLED` where {@link installEngine} has not run, `LOAD_FAILED` with the system's reason.
 */
export async function loadNativeBackend(): Promise<NativeEngine> {
  loaded ??= loadOnce();
  const engine = await loaded;
  await engine.tf.setBackend("tensorflow");
  return engine;
}
