// Starts `train-process.ts`, and tells what it says.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("train-process.ts", import.meta.url));

/** How a process ended. */
export interface End {
  readonly lines: readonly string[];
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Trains in a process of its own.
 *
 * @param onLine - Told each line with its number, counted from 1, and 0 for the start of the process.
 * @param blocks - The largest file that it may write, in units of 1024 bytes.
 */
export async function trainInProcess(
  args: readonly string[],
  {
    onLine = () => {},
    blocks,
  }: { onLine?: (n: number, child: ChildProcess) => void; blocks?: number } = {},
): Promise<End> {
  const limit = blocks === undefined ? "" : `ulimit -f ${blocks}; `;
  const command = `${limit}exec "$0" --conditions=@sd/source --disable-warning=ExperimentalWarning "$@"`;
  const child = spawn("bash", ["-c", command, process.execPath, SCRIPT, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  onLine(0, child);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    onLine(lines.push(line), child);
  }
  const [code, signal] = await exit;
  return { lines, code, signal };
}
