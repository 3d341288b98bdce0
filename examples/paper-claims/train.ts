// The studies, one after the other, as `sd study run` makes them: what is done stays, what is missing is made.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const sd = join(here, "..", "..", "packages", "cli", "src", "bin.ts");

/** A study as it is called; an experiment may be made in a variation of it. */
interface Call {
  readonly study: string;
  readonly profile?: string | undefined;
}

/** The studies in the order in which they are needed: the rate is chosen before the strengths. */
const callsOf = (profile: string | undefined): readonly Call[] => [
  { study: "selection", profile: "rate" },
  { study: "selection" },
  ...["born-again", "temperature", "smoothing"].map((study) => ({ study, profile })),
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
 * @param profile - The variation of the experiments.
 * @param more - Options of `sd study run`, the same for all.
 * @returns 0, or the exit code of the study that was stopped or failed.
 */
export async function trainAll(
  runs: string,
  profile: string | undefined,
  more: readonly string[],
): Promise<number> {
  for (const { study, profile: variation } of callsOf(profile)) {
    const file = join(here, `${study}.yaml`);
    const chosen = variation === undefined ? [] : ["--profile", variation];
    const code = await call(["study", "run", file, "--out", join(runs, study), ...chosen, ...more]);
    if (code !== 0) return code;
  }
  return 0;
}
