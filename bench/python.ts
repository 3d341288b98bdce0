// The rivals in Python: an environment of their own, made once, and a process that is asked for one
// measurement after another.
import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cacheRoot } from "@sd/tfjs-native";
import type { Candidate } from "./measure.ts";

const exec = promisify(execFile);
const REQUIREMENTS = ["torch==2.13.0", "torchmetrics==1.9.0", "numpy==2.4.6"] as const;

/**
 * The interpreter of an environment with these requirements: the one given, else one that is made
 * in the cache.
 */
export async function pythonWith(
  given: string | undefined,
  log: (line: string) => void,
  requirements: readonly string[] = REQUIREMENTS,
): Promise<string> {
  if (given !== undefined) return given;
  const hash = createHash("sha256").update(requirements.join()).digest("hex").slice(0, 12);
  const folder = join(cacheRoot(), `bench-python-${hash}`);
  const python = join(folder, "bin", "python");
  // An environment holds its own path, so it is made where it stays; this file says it is whole.
  const complete = join(folder, "complete");
  if (existsSync(complete)) return python;
  const list = requirements.join(", ");
  log(`installing ${list} into ${folder}, which may take some GB; --python PATH uses another`);
  await rm(folder, { recursive: true, force: true });
  await exec("python3", ["-m", "venv", folder]);
  await exec(python, ["-m", "pip", "install", "--quiet", ...requirements], {
    maxBuffer: 2 ** 26,
  });
  await writeFile(complete, "");
  return python;
}

interface Waiting {
  readonly resolve: (answer: Record<string, number>) => void;
  readonly reject: (error: Error) => void;
}

/** A Python process that answers requests, each a line of JSON, in their order. */
export class Worker {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  /**
   * @param python - The interpreter.
   * @param script - A file in workers/.
   * @param env - Added to the environment of this process.
   */
  constructor(python: string, script: string, env: NodeJS.ProcessEnv = {}) {
    const file = fileURLToPath(new URL(`./workers/${script}`, import.meta.url));
    this.#process = spawn(python, ["-u", file], { env: { ...process.env, ...env } });
    this.#process.stderr.pipe(process.stderr);
    createInterface({ input: this.#process.stdout }).on("line", (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line) as Record<string, number>);
    });
    this.#process.on("error", (error) => this.#fail(error));
    this.#process.on("close", (code) => {
      this.#fail(new Error(`${script} ended with code ${code}`));
    });
    // A process that has ended says so by `close`, whatever was being written to it.
    this.#process.stdin.on("error", () => {});
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }

  /** Sends one request and waits for its answer. */
  ask(request: object): Promise<Record<string, number>> {
    if (this.#failure) return Promise.reject(this.#failure);
    const answer = new Promise<Record<string, number>>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    return answer;
  }

  /** A candidate that the worker times by itself, so that the way there and back does not count. */
  candidate(name: string, request: object): Candidate {
    return {
      name,
      run: async (count) => (await this.ask({ ...request, count })).milliseconds!,
    };
  }

  /** Ends the process in the middle of what it does; what it was asked is an error. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }

  /** Lets the process end. */
  close(): void {
    this.#process.stdin.end();
  }
}
