// The studies, one after the other, as `sd study run` makes them: what is done stays, what is missing is made.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const sd = join(here, "..", "..", "packages", "cli", "src", "bin.ts");

/** The studies in the order in which they are needed. */
const STUDIES: readonly (readonly string[])[] = [
  ["selection", "--profile", "rate"],
  ["selection"],
  ["born-again"],
  ["temperature"],
  ["smoothing"],
];

/** Ends with the exit code of the program that is called. */
function call(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--conditions=@sd/source", sd, ...args], {
      stdio: "inherit",
    });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on("SIGTERM", forward);
    // Ctrl-C reaches the child by itself, which saves what it has.
    const ignore = (): void => {};
    process.on("SIGINT", ignore);
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("SIGTERM", forward);
      process.off("SIGINT", ignore);
      resolve(code ?? 1);
    });
  });
}

/**
 * Makes the runs that are missing.
 *
 * @param runs - The folder of the studies' folders.
 * @param more - Options of `sd study run`, the same for all.
 * @returns 0, or the exit code of the study that was stopped or failed.
 */
export async function trainAll(runs: string, more: readonly string[]): Promise<number> {
  for (const [name, ...profile] of STUDIES) {
    const file = join(here, `${name}.yaml`);
    const code = await call([
      "study",
      "run",
      file,
      ...profile,
      "--out",
      join(runs, name!),
      ...more,
    ]);
    if (code !== 0) return code;
  }
  return 0;
}
