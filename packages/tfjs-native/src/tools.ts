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

// Without this a python3 whose parent was killed would go on writing into a folder that the next installer removes.
const DIE_WITH_PARENT = `
import sys
try:
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)
except Exception:
    pass
`;

/** Runs a Python script (which finds \`sys\` imported) that ends with this process. */
export function runPython(
  code: EngineErrorCode,
  script: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  return runTool(code, "python3", ["-c", `${DIE_WITH_PARENT}\n${script}`, ...args], options);
}

/** What a program prints, or undefined where it cannot be run. */
export async function probe(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await exec(command, args, { timeout: 30_000 });
    return (stdout || stderr).trim();
  } catch {
    return undefined;
  }
}
