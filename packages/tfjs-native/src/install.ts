import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ensureAddon } from "./addon.ts";
import { askedFlavour, BUILDS, type TensorFlowBuild } from "./builds.ts";
import { cacheError, cacheRoot, withLock } from "./cache.ts";
import { EngineError } from "./errors.ts";
import {
  type EngineInstallation,
  type InstallationState,
  inspect,
  presentFlavour,
} from "./installation.ts";
import { removeOwnEntries } from "./own-entries.ts";
import { checkRequirements, platformProblem } from "./requirements.ts";
import { ensureTensorFlow } from "./tensorflow.ts";

/** Which of the installed engines is meant. */
export interface FindOptions {
  /**
   * The build for NVIDIA's GPUs, or the one for the processor alone.
   *
   * @defaultValue `$SD_TENSORFLOW` (`cpu` or `cuda`), else CUDA where it is installed, else the processor's
   */
  readonly cuda?: boolean | undefined;
}

/** How to install the engine. */
export interface InstallOptions extends FindOptions {
  /** Pinned wheels on this machine, used instead of downloads. */
  readonly wheel?: string | readonly string[] | undefined;
  /** Read every installed file and compare its sha256, not its size alone. @defaultValue false */
  readonly verify?: boolean | undefined;
  /** Is told, in words, what is being done. @defaultValue silent */
  readonly log?: (line: string) => void;
}

const LOCK = "engine.lock";

/** The build that is meant in `root`. */
async function chosenBuild(root: string, { cuda }: FindOptions): Promise<TensorFlowBuild> {
  return BUILDS[askedFlavour(cuda) ?? (await presentFlavour(root))];
}

/** What is installed of the build that is meant, damage included. */
export async function inspectEngine(
  options: FindOptions = {},
): Promise<InstallationState & { readonly build: TensorFlowBuild }> {
  const root = cacheRoot();
  const build = await chosenBuild(root, options);
  const state = platformProblem() === undefined ? await inspect(root, build) : { damage: [] };
  return { ...state, build };
}

/** The engine's parts where all of them are installed and have their sizes, else undefined. Builds nothing. */
export async function findEngine(
  options: FindOptions = {},
): Promise<EngineInstallation | undefined> {
  return (await inspectEngine(options)).installation;
}

/** Installs one build into `root`. */
export async function installBuild(
  root: string,
  build: TensorFlowBuild,
  { wheel = [], verify = false, log = () => {} }: InstallOptions = {},
): Promise<EngineInstallation> {
  const { installation: found } = await inspect(root, build, verify);
  if (found !== undefined) return found;
  await checkRequirements();
  const given = typeof wheel === "string" ? [wheel] : wheel;
  const work = async (): Promise<EngineInstallation> => {
    const tensorflow = await ensureTensorFlow(root, build, { given, verify, log });
    await ensureAddon(root, build, tensorflow, { verify, log });
    const { installation, damage } = await inspect(root, build);
    if (installation === undefined) {
      throw new EngineError(
        "VERIFICATION_FAILED",
        `the installation in ${root} is incomplete: ${damage.join("; ")}`,
      );
    }
    return installation;
  };
  return withLock(join(root, LOCK), work, () =>
    log("another process is installing the engine: waiting for it"),
  ).catch((error: unknown) => {
    throw cacheError(root, error);
  });
}

/**
 * Downloads TensorFlow (every wheel checked against a pinned sha256), compiles the addon against it, and returns where they
 * are: 274 MB for the processor alone, 3.4 GB with `cuda: true`.
 *
 * Everything lies in a per-user cache (`$SD_CACHE_DIR`, else `sd` in the user's cache folder) that all checkouts share; what
 * is there already is not done again, an interrupted installation goes on with the wheel or step it had reached, and a file
 * that is missing or cut short is brought back. Both builds can be installed side by side. Several processes may call it at
 * once: one works, the others wait.
 *
 * @throws EngineError `UNSUPPORTED_PLATFORM`, `MISSING_TOOL` (names all that is missing), `CACHE_UNUSABLE` (names the
 * folder), `DOWNLOAD_FAILED`, `VERIFICATION_FAILED`, `UNPACK_FAILED`, `COMPILE_FAILED`.
 */
export async function installEngine(options: InstallOptions = {}): Promise<EngineInstallation> {
  const root = cacheRoot();
  return installBuild(root, await chosenBuild(root, options), options);
}

/** What {@link removeEngine} did. */
export interface Removal {
  /** The cache folder. */
  readonly root: string;
  /** How many bytes were freed. */
  readonly bytes: number;
}

/**
 * Removes this package's parts of the per-user cache: libraries, addons, sources, downloads. Whatever else is in that folder
 * stays, and so does the folder.
 *
 * @throws EngineError `CACHE_UNUSABLE` where they cannot be removed.
 */
export async function removeEngine(): Promise<Removal> {
  const root = cacheRoot();
  if (!(await stat(root).catch(() => undefined))) return { root, bytes: 0 };
  try {
    const bytes = await withLock(join(root, LOCK), () => removeOwnEntries(root));
    return { root, bytes };
  } catch (error) {
    throw cacheError(root, error);
  }
}
