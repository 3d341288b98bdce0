import { checkNumber, type FloatArray } from "@sd/math";
import { createRng, type Rng, type RngState, rngFromState } from "@sd/math/random";
import type { Labels } from "@sd/priors";
import { argmaxThreshold } from "./argmax-threshold.ts";
import { type AssignmentMode, checkMode } from "./assign.ts";
import {
  MovingAverage,
  type MovingAverageOptions,
  type MovingAverageState,
} from "./moving-average.ts";
import { type BetaSmoothingTargets, betaSmoothingTargets } from "./targets.ts";
import type { Weights } from "./weights.ts";

/** Options of {@link BetaSmoother}. */
export interface BetaSmootherOptions extends MovingAverageOptions {
  /** k ≥ 2. */
  readonly classes: number;
  /** Seeds the Beta draws; any safe integer. */
  readonly seed: number;
  /** a of Beta(a, 1), finite and > 0. @defaultValue 3 */
  readonly a?: number | undefined;
  /** The prior's mass, finite and ≥ 0. @defaultValue 1.5 */
  readonly beta?: number | undefined;
  /** @defaultValue "ranked" */
  readonly mode?: AssignmentMode | undefined;
}

/** What a {@link BetaSmoother} remembers: numbers fit for JSON, arrays for a binary file. */
export interface BetaSmootherState extends MovingAverageState {
  readonly rng: RngState;
}

/**
 * Beta smoothing for a training loop of your own.
 *
 * Call `update` once with the initial weights and again after every optimiser step; before each step
 * load `average` into a copy of the model, take its true-class confidences on the batch, and train on
 * the soft targets that `targets` returns.
 *
 * @example
 * ```ts
 * import { BetaSmoother } from "@sd/beta-smoothing";
 *
 * const smoother = new BetaSmoother({ classes: 10, seed: 1 });
 * smoother.update({ kernel: Float32Array.of(0, 0) });
 * smoother.update({ kernel: Float32Array.of(2, 4) });
 * console.log(smoother.average.kernel); // Float32Array(2) [ 1, 2 ]
 *
 * const { targets } = smoother.targets(Float32Array.of(0.2, 0.8), Int32Array.of(3, 7));
 * console.log(targets.length, smoother.warning); // 20 undefined
 * ```
 */
export class BetaSmoother {
  readonly classes: number;
  readonly a: number;
  readonly beta: number;
  readonly mode: AssignmentMode;
  /** Says that some draws turn a target's argmax away from the label (k < β + 1), if they do. */
  readonly warning: string | undefined;
  #rng: Rng;
  #average: MovingAverage;

  /**
   * @param options - `classes` and `seed` at least.
   * @throws {@link TypeMismatchError}, {@link DomainError}.
   */
  constructor(options: BetaSmootherOptions) {
    const { classes, seed, a = 3, beta = 1.5, mode = "ranked" } = options;
    const threshold = argmaxThreshold(classes, beta);
    this.classes = classes;
    this.a = checkNumber("BetaSmoother", "a", a, { min: 0, aboveMin: true });
    this.beta = beta;
    this.#average = new MovingAverage(options);
    this.mode = checkMode("BetaSmoother", mode);
    this.warning =
      threshold > 0
        ? `with ${classes} classes and beta ${beta}, a draw below ${threshold.toPrecision(3)} ` +
          `moves the target's largest entry away from the label; such draws have the share ` +
          `${(threshold ** a).toPrecision(2)}`
        : undefined;
    this.#rng = createRng(seed).fork("beta-smoothing");
  }

  /**
   * The smoother that `state()` was asked of, where it then stood.
   *
   * @param options - As the first was made with; the seed is overruled by the state.
   * @param state - What `state()` returned.
   * @throws {@link TypeMismatchError}, {@link DomainError}.
   */
  static fromState(options: BetaSmootherOptions, state: BetaSmootherState): BetaSmoother {
    const smoother = new BetaSmoother(options);
    smoother.#average = MovingAverage.fromState(options, state);
    smoother.#rng = rngFromState(state.rng);
    return smoother;
  }

  /** The averaged weights; the arrays are the smoother's own and change with `update`. */
  get average(): Weights {
    return this.#average.average;
  }

  /** The largest decay of the average. */
  get cap(): number {
    return this.#average.cap;
  }

  /**
   * Takes the student's weights into the average: see {@link MovingAverage.update}.
   *
   * @param weights - The same names and lengths in every call.
   * @throws {@link ShapeError} if names or lengths differ; {@link TypeMismatchError}.
   */
  update(weights: Weights): void {
    this.#average.update(weights);
  }

  /**
   * The soft targets of one batch.
   *
   * @param confidences - [n], of the averaged model in the true class.
   * @param labels - [n] integers, or [n, k] soft label rows on the simplex.
   * @param out - [n, k], filled and returned as `targets` instead of a new Float64Array.
   * @returns `targets` [n, k] and `b` [n].
   * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
   */
  targets<Out extends FloatArray = Float64Array>(
    confidences: FloatArray,
    labels: Labels,
    out?: Out,
  ): BetaSmoothingTargets<Out> {
    const { a, beta, mode, classes } = this;
    const options = { a, beta, mode, rng: this.#rng, out };
    return betaSmoothingTargets(confidences, labels, [confidences.length, classes], options);
  }

  /** A snapshot; its arrays are copies. */
  state(): BetaSmootherState {
    return { ...this.#average.state(), rng: this.#rng.state() };
  }
}
