import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { EngineError, type EngineErrorCode } from "./errors.ts";

const exec = promisify(execFile);

/** Runs a program to its end; a failure becomes an {@link EngineError} that carries the program's own last words. */
export async function runTool(
  code: EngineErrorCode,
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  try {
    const { stdout } = await exec(command, args, { maxBuffer: 64 * 2 ** 20, ...options });
    return stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const words = (stderr?.trim() || message).split("\n").slice(-12).join("\n");
    throw new EngineError(code, `\`${command}\` failed: ${words}`, { cause: error });
  }
}

/** The first line that a program prints, or undefined where it cannot be run. */
export async function probe(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await exec(command, args, { timeout: 30_000 });
    return (stdout || stderr).trim().split("\n")[0];
  } catch {
    return undefined;
  }
}
