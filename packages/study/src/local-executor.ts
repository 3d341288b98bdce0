// Jobs as child processes of this one.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { StudyError } from "./error.ts";
import type { Executor, Job, JobState } from "./executor.ts";

interface Child {
  readonly process: ChildProcess;
  readonly log: string;
  ended: boolean;
}

/** The last bytes of a file. */
async function tail(path: string, bytes: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const length = Math.min(size, bytes);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8");
  } finally {
    await file.close();
  }
}

/** How much of a log is shown. */
const LOG_BYTES = 4000;

/**
 * Runs jobs as child processes.
 *
 * A child has an IPC channel to this process and should stop when it closes (`process.on("disconnect", …)`): so none goes on unseen
 * when this process is killed.
 */
export class LocalExecutor implements Executor {
  readonly #children = new Map<string, Child>();
  #count = 0;

  async submit({ name, command, environment, log }: Job): Promise<string> {
    mkdirSync(dirname(log), { recursive: true });
    const output = openSync(log, "a");
    const [program, ...parameters] = command;
    try {
      const process_ = spawn(program, parameters, {
        env: { ...process.env, ...environment },
        stdio: ["ignore", output, output, "ipc"],
        // A group of its own: a Ctrl-C on the terminal reaches the study, which passes it on once.
        detached: true,
      });
      const child: Child = { process: process_, log, ended: false };
      const end = (): void => {
        child.ended = true;
      };
      process_.on("exit", end);
      // Where it could not be started at all.
      process_.on("error", end);
      const id = `${name}#${this.#count++}`;
      this.#children.set(id, child);
      return id;
    } finally {
      closeSync(output);
    }
  }

  #child(id: string): Child {
    const child = this.#children.get(id);
    if (child === undefined) throw new StudyError("ERR_BAD_SPEC", `there is no job ${id}`);
    return child;
  }

  async state(id: string): Promise<JobState> {
    return this.#child(id).ended ? "ended" : "running";
  }

  async logs(id: string): Promise<string> {
    return tail(this.#child(id).log, LOG_BYTES);
  }

  async cancel(id: string): Promise<void> {
    const child = this.#child(id);
    if (!child.ended) child.process.kill("SIGTERM");
  }
}
