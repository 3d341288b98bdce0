// Commands that can be stopped and gone on with.

/** How a command was asked to stop. */
type Interruption = "SIGINT" | "SIGTERM" | "disconnect";

/** Raised when a command was stopped and has saved what it had. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  /** 130 for a person's Ctrl-C, as shells expect; 0 where a scheduler asked for it. */
  readonly exitCode: number;

  constructor(signal: AbortSignal) {
    super("stopped: the same command goes on from here");
    this.exitCode = (signal.reason as Interruption) === "SIGINT" ? 130 : 0;
  }
}

/**
 * Runs `work` with a signal that the first Ctrl-C or SIGTERM sets, its reason an {@link Interruption}; the second ends the process.
 * A process that was started by a study stops when the study is gone.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  // Not `once`: a live list ends the process where it finds no other listener.
  const stop = (reason: Interruption) => (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write("\nstopping after this step …\n");
    controller.abort(reason);
  };
  const listeners = (["SIGINT", "SIGTERM", "disconnect"] as const).map(
    (name) => [name, stop(name)] as const,
  );
  for (const [name, listener] of listeners) process.on(name, listener);
  // The channel to a study only tells whether the study is there: it must not keep a finished command alive.
  process.channel?.unref();
  try {
    return await work(controller.signal);
  } finally {
    for (const [name, listener] of listeners) process.off(name, listener);
  }
}
