/** What {@link stopOnSignals} takes. */
export interface StopOptions {
  /** @defaultValue SIGINT (Ctrl-C) and SIGTERM (schedulers) */
  readonly signals?: readonly NodeJS.Signals[];
  /** Told once, when the first signal has come. */
  readonly onStop?: (signal: NodeJS.Signals) => void;
}

/** A signal that training listens to. */
export interface SignalStop {
  /** Set by the first of the process's signals, whose name is its reason. */
  readonly signal: AbortSignal;
  /** Gives the process's signals back to what they did before. */
  dispose(): void;
}

/**
 * Turns the signals of this process into one that `train` listens to, for command lines: the first lets the step in progress
 * end and be saved, the second ends the process at once, as it would have without this.
 *
 * @example
 * ```ts
 * import { stopOnSignals } from "@sd/trainer-gpu";
 *
 * const stop = stopOnSignals();
 * // await train({ ..., signal: stop.signal })
 * console.log(stop.signal.aborted); // false
 * stop.dispose();
 * ```
 */
export function stopOnSignals({
  signals = ["SIGINT", "SIGTERM"],
  onStop,
}: StopOptions = {}): SignalStop {
  const controller = new AbortController();
  const dispose = (): void => {
    for (const name of signals) process.off(name, stop);
  };
  const stop = (name: NodeJS.Signals): void => {
    dispose();
    controller.abort(name);
    onStop?.(name);
  };
  for (const name of signals) process.on(name, stop);
  return { signal: controller.signal, dispose };
}
