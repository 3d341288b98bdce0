// Makes the runs of a study: so many at once, each after those that it depends on, until none can be made any more.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runHolder } from "@sd/runs";
import type { Executor } from "./executor.ts";
import { LocalExecutor } from "./local-executor.ts";
import type { PlannedRun, StudyPlan } from "./plan.ts";
import { isDone, type RunProgress, runProgress } from "./progress.ts";
import { lockStudy, logFile, requestFile, writePlan, writeRequest } from "./study-folder.ts";

/** A place that one run at a time has: a device, a share of the cores. */
export interface Slot {
  /** What its runs find in their environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The paths that a run's command needs. */
export interface RunPaths {
  /** The run's folder. */
  readonly folder: string;
  /** Its settings, as a JSON file. */
  readonly request: string;
}

/** What {@link runStudy} takes. */
export interface RunStudyOptions {
  /** The study's folder. */
  readonly folder: string;
  /** The program that makes a run, and its arguments. It must go on with a run that was begun. */
  readonly command: (paths: RunPaths) => readonly [string, ...string[]];
  /** As many runs are made at once. @defaultValue one, with nothing in its environment */
  readonly slots?: readonly Slot[];
  /** @defaultValue child processes of this one */
  readonly executor?: Executor;
  /** How often a run that fails is tried once more. @defaultValue 1 */
  readonly retries?: number;
  /** Stops the runs in progress, which save what they have, and starts no more. */
  readonly signal?: AbortSignal | undefined;
  /** Told at intervals where all runs stand. */
  readonly onProgress?: (runs: readonly RunProgress[]) => void;
  /** Milliseconds between looks at the runs. @defaultValue 500 */
  readonly interval?: number;
}

interface Active {
  readonly run: PlannedRun;
  readonly id: string;
  readonly slot: Slot;
}

/** The end of a log as one line, for a run that left no reason. */
const lastLine = (log: string): string =>
  log.trimEnd().split("\n").at(-1)?.trim() || "its process ended and printed nothing";

/** The state of a study that is being made. */
class Work {
  readonly #plan: StudyPlan;
  readonly #options: Required<Omit<RunStudyOptions, "signal" | "onProgress" | "interval">>;
  readonly #free: Slot[];
  readonly #active = new Map<string, Active>();
  readonly #known = new Map<string, RunProgress>();
  readonly #failures = new Map<string, number>();
  /** Whether the runs in progress have been asked to stop. */
  #stopping = false;

  constructor(plan: StudyPlan, options: RunStudyOptions) {
    const { executor = new LocalExecutor(), slots = [{ environment: {} }], retries = 1 } = options;
    this.#plan = plan;
    this.#options = { ...options, executor, slots, retries };
    this.#free = [...slots];
  }

  /** Learns what earlier work has left; a run that failed or was stopped then is made now. */
  async begin(): Promise<void> {
    for (const run of this.#plan.runs) {
      const found = await runProgress(this.#options.folder, run);
      const stage = found.stage === "done" ? "done" : "waiting";
      this.#known.set(run.name, { run, stage, last: found.last });
    }
  }

  get progress(): RunProgress[] {
    return this.#plan.runs.map(({ name }) => this.#known.get(name)!);
  }

  /** Whether nothing is in progress and nothing can be begun. */
  get idle(): boolean {
    if (this.#active.size > 0) return false;
    return this.#stopping || !this.#plan.runs.some((run) => this.#isReady(run));
  }

  #isReady({ name, after }: PlannedRun): boolean {
    return this.#stage(name) === "waiting" && after.every((other) => this.#stage(other) === "done");
  }

  #stage(name: string): RunProgress["stage"] | undefined {
    return this.#known.get(name)?.stage;
  }

  /** Marks what can never be made because a run before it failed. */
  #block(): void {
    for (const run of this.#plan.runs) {
      if (this.#stage(run.name) !== "waiting") continue;
      const failed = run.after.find((name) =>
        ["failed", "blocked"].includes(`${this.#stage(name)}`),
      );
      if (failed === undefined) continue;
      const problem = `needs ${failed}, which failed`;
      this.#known.set(run.name, { run, stage: "blocked", problem });
    }
  }

  /** Starts runs while there is a free slot and a run whose predecessors are done. */
  async start(): Promise<void> {
    const { folder, executor, command } = this.#options;
    const ready = this.#plan.runs.filter((run) => this.#isReady(run));
    for (const run of ready) {
      // The process of a study that was killed finishes its step before it lets go.
      if ((await runHolder(join(folder, run.name))) !== undefined) continue;
      const slot = this.#free.shift();
      if (slot === undefined) return;
      await writeRequest(folder, run);
      const request = requestFile(folder, run.name);
      const id = await executor.submit({
        name: run.name,
        command: command({ folder: join(folder, run.name), request }),
        environment: slot.environment,
        log: logFile(folder, run.name),
      });
      this.#active.set(run.name, { run, id, slot });
      this.#known.set(run.name, { run, stage: "running" });
    }
  }

  /** Looks at the runs in progress, and settles those whose process has ended. */
  async look(): Promise<void> {
    const { folder, executor } = this.#options;
    for (const active of this.#active.values()) {
      const { run, id } = active;
      const ended = (await executor.state(id)) === "ended";
      const found = await runProgress(folder, run);
      if (ended) await this.#settle(active, found);
      else this.#known.set(run.name, { ...found, stage: "running" });
    }
    this.#block();
  }

  async #settle({ run, id, slot }: Active, found: RunProgress): Promise<void> {
    const { folder, executor, retries } = this.#options;
    this.#active.delete(run.name);
    this.#free.push(slot);
    if (await isDone(folder, run)) {
      this.#known.set(run.name, found);
      return;
    }
    if (this.#stopping) {
      this.#known.set(run.name, { ...found, stage: "stopped" });
      return;
    }
    const failures = (this.#failures.get(run.name) ?? 0) + 1;
    this.#failures.set(run.name, failures);
    const problem = found.problem ?? lastLine(await executor.logs(id));
    const stage = failures > retries ? "failed" : "waiting";
    this.#known.set(run.name, { ...found, stage, problem });
  }

  /** Asks the runs in progress to stop. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    for (const { id } of this.#active.values()) await this.#options.executor.cancel(id);
  }
}

/**
 * Makes the runs of a study that are not done.
 *
 * Killed at any moment and called again, it makes what is left, and repeats nothing: whether a run is done, its status.json alone
 * says. A run that fails is tried again `retries` times and then left; those that need it are left out; the others go on.
 *
 * @returns Where every run stands at the end.
 * @throws {@link StudyError} `ERR_OTHER_STUDY` where the folder holds another study, `ERR_ALREADY_RUNNING` where another process
 * makes its runs.
 */
export async function runStudy(plan: StudyPlan, options: RunStudyOptions): Promise<RunProgress[]> {
  const { folder, signal, onProgress, interval = 500 } = options;
  const lock = await lockStudy(folder);
  try {
    await writePlan(folder, plan);
    const work = new Work(plan, options);
    await work.begin();
    for (;;) {
      if (signal?.aborted) await work.stop();
      else await work.start();
      onProgress?.(work.progress);
      if (work.idle) return work.progress;
      await sleep(interval);
      await work.look();
    }
  } finally {
    await lock.release();
  }
}
