import { createRequire } from "node:module";
import { join } from "node:path";
import * as util from "node:util";
import { isMainThread } from "node:worker_threads";
import type * as TensorFlow from "@tensorflow/tfjs";
import { askedFlavour, type EngineFlavour } from "./builds.ts";
import { requireWith } from "./commonjs.ts";
import { EngineError } from "./errors.ts";
import { deviceFiles, PROCESSOR_ONLY, whyNoGpu } from "./gpu.ts";
import { type FindOptions, inspectEngine } from "./install.ts";
import type { EngineInstallation } from "./installation.ts";
import { loadLean } from "./memory.ts";

const require = createRequire(import.meta.url);

/** An input or output of a {@link SavedModel}. */
export interface SavedModelTensor {
  /** Of the graph's node. */
  readonly name: string;
  readonly dtype: string;
  readonly shape?: readonly number[] | undefined;
}

/** A SavedModel of TensorFlow, as tfjs-node runs it. */
export interface SavedModel {
  /** Inputs and outputs by the names that {@link predict} knows them by. */
  readonly signature: {
    readonly inputs: Readonly<Record<string, SavedModelTensor>>;
    readonly outputs: Readonly<Record<string, SavedModelTensor>>;
  };
  predict(inputs: Readonly<Record<string, TensorFlow.Tensor>>): Record<string, TensorFlow.Tensor>;
  dispose(): void;
}

/** The loaded engine. */
export interface NativeEngine {
  /** The same `@tensorflow/tfjs` that the caller imports, with the backend "tensorflow" set. */
  readonly tf: typeof TensorFlow;
  /** "CPU" or "GPU": the device that the backend runs on. */
  readonly device: "CPU" | "GPU";
  /** Which build of TensorFlow was loaded. */
  readonly flavour: EngineFlavour;
  /** Why no GPU is used, in words; undefined where one is. */
  readonly gpuProblem: string | undefined;
  readonly tensorflowVersion: string;
  /** Whether oneDNN's kernels were asked for (`TF_ENABLE_ONEDNN_OPTS`). */
  readonly oneDNN: boolean;
  /** Loads a SavedModel from the folder that holds saved_model.pb. */
  readonly loadSavedModel: (
    folder: string,
    tags?: readonly string[],
    signature?: string,
  ) => Promise<SavedModel>;
}

/** How to load the engine. */
export interface LoadOptions extends FindOptions {
  /** Fail where no GPU is used. @defaultValue whether `$SD_REQUIRE_GPU` is 1 */
  readonly requireGpu?: boolean | undefined;
}

interface Binding {
  readonly TF_Version: string;
  /** The operations, by name, that TensorFlow knows besides its own. */
  ownOperations?: ReadonlySet<string>;
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

/** Makes this package's operations known to TensorFlow; native/operations.cc. */
function addOperations(addon: string): ReadonlySet<string> {
  const { register } = require(addon) as { register(): string[] };
  return new Set(register());
}

/** Registers the backend as tfjs-node's own index.js does, without its search for an addon inside the package's folder. */
function register(installation: EngineInstallation): NativeEngine {
  const { addon, logLevel, operations, packageFolder, flavour } = installation;
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
  const { isUsingGpuDevice } = tf.backend() as unknown as NativeBackend;
  // They run on the processor: where a GPU is used, the tensors are not there.
  if (!isUsingGpuDevice) binding.ownOperations = addOperations(operations);
  return {
    tf,
    device: isUsingGpuDevice ? "GPU" : "CPU",
    flavour,
    gpuProblem: isUsingGpuDevice ? undefined : whyNoGpu(installation),
    tensorflowVersion: binding.TF_Version,
    oneDNN: process.env.TF_ENABLE_ONEDNN_OPTS === "1",
    async loadSavedModel(folder, tags = ["serve"], signature = "serving_default") {
      const { loadSavedModel } = dist("saved_model.js") as {
        loadSavedModel: (
          folder: string,
          tags: readonly string[],
          signature: string,
        ) => Promise<SavedModel>;
      };
      return loadSavedModel(folder, tags, signature);
    },
  };
}

/** A GPU that lies idle is a mistake that costs days: it is said even where nobody asked. */
function warnOfIdleGpu({ flavour, gpuProblem }: NativeEngine, { cuda }: FindOptions): void {
  const expected = flavour === "cuda" || (deviceFiles().length > 0 && askedFlavour(cuda) !== "cpu");
  if (gpuProblem === undefined || !expected) return;
  process.emitWarning(`native engine: no GPU is used: ${gpuProblem}`, {
    code: "SD_GPU_UNAVAILABLE",
  });
}

async function findComplete(options: FindOptions): Promise<EngineInstallation> {
  const { installation, damage, build } = await inspectEngine(options);
  if (installation !== undefined) return installation;
  const command = `npx sd-engine install${build.flavour === "cuda" ? " --cuda" : ""}`;
  if (damage.length === 0) {
    throw new EngineError("NOT_INSTALLED", "it is not installed", { hint: `Run \`${command}\`` });
  }
  throw new EngineError("VERIFICATION_FAILED", `it is damaged: ${damage.join("; ")}`, {
    hint: `\`${command}\` repairs it`,
  });
}

let loaded: Promise<NativeEngine> | undefined;

async function loadOnce(options: FindOptions): Promise<NativeEngine> {
  const installation = await findComplete(options);
  try {
    const engine = loadLean(installation.memory, () => register(installation));
    warnOfIdleGpu(engine, options);
    return engine;
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const where = isMainThread ? "" : " (in a worker thread)";
    throw new EngineError("LOAD_FAILED", `${(cause as Error).message}${where}`, { cause });
  }
}

/** The one engine of this process; a failure is not kept, so that it can be tried again after an installation. */
function loadShared(options: FindOptions): Promise<NativeEngine> {
  loaded ??= loadOnce(options).catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

const gpuUnavailable = (problem: string): EngineError =>
  new EngineError("GPU_UNAVAILABLE", `a GPU is required and none is used: ${problem}`);

/**
 * Loads the installed engine into this process and makes it tfjs's backend ("tensorflow"); later calls make it the backend again
 * and return the same engine.
 *
 * Call it on the main thread, before anything else loads TensorFlow: its settings are read from the environment only once.
 * Where the CUDA build is loaded, or a GPU is there, and none is used, Node prints a warning with the reason.
 *
 * @throws EngineError `NOT_INSTALLED` where {@link installEngine} has not run, `VERIFICATION_FAILED` with the names of damaged
 * files, `LOAD_FAILED` with the system's reason, `GPU_UNAVAILABLE` where a GPU is required and not used, with the reason.
 */
export async function loadNativeBackend(options: LoadOptions = {}): Promise<NativeEngine> {
  const { requireGpu = process.env.SD_REQUIRE_GPU === "1" } = options;
  const asked = askedFlavour(options.cuda);
  if (requireGpu && (await inspectEngine(options)).build.flavour === "cpu") {
    throw gpuUnavailable(PROCESSOR_ONLY);
  }
  const engine = await loadShared(options);
  if (asked !== undefined && asked !== engine.flavour) {
    throw new EngineError(
      "LOAD_FAILED",
      `this process runs the ${engine.flavour} build of TensorFlow already, and cannot load the ${asked} build as well`,
    );
  }
  if (requireGpu && engine.gpuProblem !== undefined) throw gpuUnavailable(engine.gpuProblem);
  await engine.tf.setBackend("tensorflow");
  return engine;
}
