/** A process to be run for a study. */
export interface Job {
  /** The run's name. */
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** What the environment has besides what it has anyway. */
  readonly environment: Readonly<Record<string, string>>;
  /** The file that its output is added to. */
  readonly log: string;
}

/** How far a job is, as its executor knows. Whether the run succeeded, its status.json alone says. */
export type JobState = "waiting" | "running" | "ended";

/**
 * Where jobs run: this machine, a cluster.
 *
 * The functions are few, and none needs to be quick; a study asks for states at intervals.
 */
export interface Executor {
  /** Starts a job, or puts it into a queue; returns the name that the other functions know it by. */
  submit(job: Job): Promise<string>;
  state(id: string): Promise<JobState>;
  /** The end of what the job has printed. */
  logs(id: string): Promise<string>;
  /** Asks the job to stop: it saves what it has, and ends. Returns at once. */
  cancel(id: string): Promise<void>;
}
