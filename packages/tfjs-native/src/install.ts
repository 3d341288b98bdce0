import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type EngineInstallation, ensureAddon, findInstallation } from "./addon.ts";
import { cacheRoot, withLock } from "./cache.ts";
import { EngineError } from "./errors.ts";
import { checkRequirements, platformProblem } from "./requirements.ts";
import { ensureTensorFlow } from "./tensorflow.ts";

/** How to install the engine. */
export interface InstallOptions {
  /** A wheel of the pinned TensorFlow on this machine, used instead of a download. */
  readonly wheel?: string | undefined;
  /** Is told, in words, what is being done. @defaultValue silent */
  readonly log?: (line: string) => void;
}

/** The engine's parts where all of them are installed, else undefined. Builds nothing. */
export function findEngine(): Promise<EngineInstallation | undefined> {
  return platformProblem() === undefined
    ? findInstallation(cacheRoot())
    : Promise.resolve(undefined);
}

/**
 * Downloads TensorFlow (274 MB, checked against a pinned sha256), compiles the addon against it, and returns where they are.
 *
 * Everything lies in a per-user cache (`$SD_CACHE_DIR`, else `sd` in the user's cache folder) that all checkouts share; what
 * is there already is not done again, and an interrupted installation goes on with the step it had reached. Several
 * processes may call it at once: one works, the others wait.
 *
 * @throws EngineError `UNSUPPORTED_PLATFORM`, `MISSING_TOOL` (names all that is missing), `DOWNLOAD_FAILED`,
 * `VERIFICATION_FAILED`, `COMPILE_FAILED`.
 */
export async function installEngine({
  wheel,
  log = () => {},
}: InstallOptions = {}): Promise<EngineInstallation> {
  const root = cacheRoot();
  const found = await findEngine();
  if (found !== undefined) return found;
  await checkRequirements();
  return withLock(
    join(root, "engine.lock"),
    async () => {
      const tensorflow = await ensureTensorFlow(root, { wheel, log });
      await ensureAddon(root, tensorflow, log);
      const installed = await findInstallation(root);
      if (installed === undefined) {
        throw new EngineError("VERIFICATION_FAILED", `the installation in ${root} is incomplete`, {
          hint: "Remove that folder and install again",
        });
      }
      return installed;
    },
    () => log("another process is installing the engine: waiting for it"),
  );
}

/** Removes the per-user cache of this package: libraries, addons, sources. */
export async function removeEngine(): Promise<string> {
  const root = cacheRoot();
  await rm(root, { recursive: true, force: true });
  return root;
}
