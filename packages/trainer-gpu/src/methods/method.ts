import type { Rng } from "@sd/math/random";

/** What must be known of a batch before its targets: the logits of a teacher, or of the moving average of the weights. */
export type Signal = "teacher" | "ema";

/** What a method sees of a batch. */
export interface MethodBatch {
  /** `[m]`, in 0…k−1. */
  readonly labels: Int32Array;
  /** `[m]`, rows of the training set. */
  readonly indices: Int32Array;
  readonly shape: readonly [m: number, k: number];
  readonly epoch: number;
  /** Draws of this batch's own stream: the same whenever the batch is seen again. */
  readonly rng: Rng;
}

/** Logits `[m, k]` of the signals that the method asked for. */
export type Signals = Readonly<Partial<Record<Signal, Float32Array>>>;

/** What the network is trained towards: rows on the simplex `[m, k]`, and a weight a row `[m]` (1 where absent). */
export interface Targets {
  readonly targets: Float32Array;
  readonly weights?: Float32Array;
}

/**
 * A training method: a rule for soft targets.
 *
 * The loss of a row is always `weight · cross-entropy(targets, softmax(logits))`; what makes a method is where its targets come
 * from. They are computed on the host, by the same functions of `@sd/priors` and `@sd/beta-smoothing` that anyone can install alone.
 */
export interface Method {
  readonly name: string;
  /** The name for people: "label smoothing". */
  readonly label: string;
  /** The resolved options, as they go into the run's configuration. */
  readonly options: Readonly<Record<string, number | string | boolean>>;
  readonly signals: readonly Signal[];
  /** The decay that the moving average of the weights takes at optimiser step `step`, counted from 1; required by the signal `ema`. */
  emaDecay?(step: number): number;
  targets(batch: MethodBatch, signals: Signals): Targets;
}
