// What of the engine is in the cache.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ADDONS, addonFolder } from "./addon.ts";
import { BUILDS, type EngineFlavour, type TensorFlowBuild } from "./builds.ts";
import { folderProblems } from "./manifest.ts";
import { findPackage } from "./package.ts";
import { tensorflowFolder } from "./tensorflow.ts";

/** Everything that is needed to load the engine. */
export interface EngineInstallation {
  /** Which build of TensorFlow it is: for the processor alone, or for NVIDIA's GPUs as well. */
  readonly flavour: EngineFlavour;
  /** The compiled addon, a `.node` file. */
  readonly addon: string;
  /** A second, tiny addon, to be loaded first: it makes TensorFlow's log obey `TF_CPP_MIN_LOG_LEVEL`. */
  readonly logLevel: string;
  /** A third one, which gives memory back to the system. */
  readonly memory: string;
  /** A fourth one, which asks NVIDIA's driver what it can do. */
  readonly gpu: string;
  /** A fifth one, with operations that TensorFlow does not have. */
  readonly operations: string;
  /** The folder of `@tensorflow/tfjs-node-gpu`, whose kernels are loaded. */
  readonly packageFolder: string;
  /** The folder with TensorFlow's shared libraries. */
  readonly libraries: string;
  readonly tensorflowVersion: string;
}

/** A flavour in the cache: complete, or what is wrong with it. */
export interface InstallationState {
  readonly installation?: EngineInstallation;
  /** The files that are not as they were installed, in words; empty where parts are not there at all. */
  readonly damage: readonly string[];
}

/** Looks at a build's parts in `root` without building anything. */
export async function inspect(
  root: string,
  build: TensorFlowBuild,
  verify = false,
): Promise<InstallationState> {
  const packageFolder = await findPackage(root);
  if (packageFolder === undefined) return { damage: [] };
  const tensorflow = tensorflowFolder(root, build);
  const folder = await addonFolder(root, build, packageFolder);
  const damage: string[] = [];
  let complete = true;
  for (const part of [tensorflow, folder]) {
    const problems = await folderProblems(part, verify);
    complete &&= problems !== undefined;
    for (const { path, detail } of problems ?? []) damage.push(`${join(part, path)} ${detail}`);
  }
  if (!complete || damage.length > 0) return { damage };
  return {
    installation: {
      flavour: build.flavour,
      addon: join(folder, ADDONS.binding),
      logLevel: join(folder, ADDONS.logLevel),
      memory: join(folder, ADDONS.memory),
      gpu: join(folder, ADDONS.gpu),
      operations: join(folder, ADDONS.operations),
      packageFolder,
      libraries: join(tensorflow, "tensorflow"),
      tensorflowVersion: build.version,
    },
    damage,
  };
}

/** The flavour that is used where none is asked for: CUDA where its libraries are in `root`, else the CPU's. */
export async function presentFlavour(root: string): Promise<EngineFlavour> {
  return stat(tensorflowFolder(root, BUILDS.cuda)).then(
    () => "cuda",
    () => "cpu",
  );
}
