import type { EmaMode } from "@sd/beta-smoothing";
import type { Rng } from "@sd/math/random";
import type { EngineTerm } from "./engine-term.ts";

/** What must be known of a batch before its targets: the logits of a teacher, or of the moving average of the weights. */
export type Signal = "teacher" | "ema";

/** What a method sees of a batch. */
export interface MethodBatch {
  /** `[m]`, in 0…k−1. */
  readonly labels: Int32Array;
  /** `[m, k]`, rows on the simplex, where the labels are mixed (mixup, CutMix) or people's votes. */
  readonly labelTargets?: Float32Array | undefined;
  /** `[m]`, rows of the training set; none twice in an epoch. */
  readonly indices: Int32Array;
  readonly shape: readonly [m: number, k: number];
  /** Counted from 0. */
  readonly epoch: number;
  /** How many there will be. */
  readonly epochs: number;
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

/** The training set, as far as a method's memory depends on it: n rows, k classes. */
export interface MethodData {
  readonly n: number;
  readonly k: number;
}

/** What a method remembers from batch to batch: typed arrays by name, changed in place, part of every checkpoint. */
export type MethodState = Readonly<
  Record<string, Float32Array | Float64Array | Int32Array | Uint8Array>
>;

/**
 * A training method: a rule for soft targets.
 *
 * The loss of a row is `weight · cross-entropy(targets, softmax(logits))`; what makes a method is where its targets come
 * from. They are computed on the host, by the same functions of `@sd/priors` and `@sd/beta-smoothing` that anyone can install
 * alone. Only what cannot be said by a target is a term of the loss on the engine.
 *
 * @typeParam S - The method's memory; a method without `init` has an empty one.
 */
export interface Method<S extends MethodState = MethodState> {
  readonly name: string;
  /** The name for people: "label smoothing". */
  readonly label: string;
  /** The resolved options, as they go into the run's configuration. */
  readonly options: Readonly<Record<string, number | string | boolean>>;
  readonly signals: readonly Signal[];
  /** The decay that the moving average of the weights takes at optimiser step `step`, counted from 1; required by the signal `ema`. */
  emaDecay?(step: number): number;
  /** How the moving average begins and runs (docs of `MovingAverage` in `@sd/beta-smoothing`). @defaultValue "corrected" */
  readonly emaMode?: EmaMode;
  /** The memory at the start of training. */
  init?(data: MethodData): S;
  /** What a batch is trained towards; called once a step, before it. */
  targets(batch: MethodBatch, signals: Signals, state: S): Targets;
  /** Told the student's logits `[m, k]` of the batch, as they were before the update, in training mode. */
  observe?(batch: MethodBatch, logits: Float32Array, state: S): void;
  /** Called after the last batch of an epoch. */
  epochEnd?(epoch: number, state: S): void;
  /** What is added to the loss on the engine. */
  readonly terms?: readonly EngineTerm[];
}
