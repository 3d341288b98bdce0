import { checkNumber, type FloatArray, ShapeError } from "@sd/math";
import { createRng, type Rng, type RngState, rngFromState } from "@sd/math/random";
import type { Labels } from "@sd/priors";
import { argmaxThreshold } from "./argmax-threshold.ts";
import { type AssignmentMode, checkMode } from "./assign.ts";
import { emaDecay, emaUpdate } from "./ema.ts";
import { type BetaSmoothingTargets, betaSmoothingTargets } from "./targets.ts";

/** Named arrays of weights; a model's parameters, and its batch-norm buffers to have them averaged. */
export type Weights = Readonly<Record<string, FloatArray>>;

/** Options of {@link BetaSmoother}. */
export interface BetaSmootherOptions {
  /** k ≥ 2. */
  readonly classes: number;
  /** Seeds the Beta draws; any safe integer. */
  readonly seed: number;
  /** a of Beta(a, 1), finite and > 0. @defaultValue 3 */
  readonly a?: number | undefined;
  /** The prior's mass, finite and ≥ 0. @defaultValue 1.5 */
  readonly beta?: number | undefined;
  /** The largest decay of the average, in [0, 1]. @defaultValue 0.999 */
  readonly cap?: number | undefined;
  /** @defaultValue "ranked" */
  readonly mode?: AssignmentMode | undefined;
}

/** What a {@link BetaSmoother} remembers: numbers fit for JSON, arrays for a binary file. */
export interface BetaSmootherState {
  /** How often `update` was called. */
  readonly updates: number;
  readonly rng: RngState;
  readonly average: Weights;
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
  readonly cap: number;
  readonly mode: AssignmentMode;
  /** Says that some draws turn a target's argmax away from the label (k < β + 1), if they do. */
  readonly warning: string | undefined;
  #rng: Rng;
  #updates = 0;
  #average: Record<string, FloatArray> = {};

  /**
   * @param options - `classes` and `seed` at least.
   * @throws {@link TypeMismatchError}, {@link DomainError}.
   */
  constructor(options: BetaSmootherOptions) {
    const { classes, seed, a = 3, beta = 1.5, cap = 0.999, mode = "ranked" } = options;
    const threshold = argmaxThreshold(classes, beta);
    this.classes = classes;
    this.a = checkNumber("BetaSmoother", "a", a, { min: 0, aboveMin: true });
    this.beta = beta;
    this.cap = checkNumber("BetaSmoother", "cap", cap, { min: 0, max: 1 });
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
    checkNumber("BetaSmoother.fromState", "state.updates", state.updates, {
      min: 0,
      integer: true,
    });
    smoother.#updates = state.updates;
    smoother.#rng = rngFromState(state.rng);
    smoother.#average = copy(state.average);
    return smoother;
  }

  /** The averaged weights; the arrays are the smoother's own and change with `update`. */
  get average(): Weights {
    return this.#average;
  }

  /**
   * Takes the student's weights into the average: the first call copies them, the t-th after it has
   * the decay `min(1 − 1/(t + 1), cap)`.
   *
   * @param weights - The same names and lengths in every call.
   * @throws {@link ShapeError} if names or lengths differ; {@link TypeMismatchError}.
   */
  update(weights: Weights): void {
    if (this.#updates === 0) {
      this.#average = copy(weights);
      this.#updates = 1;
      return;
    }
    checkSameNames(this.#average, weights);
    const decay = emaDecay(this.#updates, this.cap);
    for (const [name, average] of Object.entries(this.#average)) {
      emaUpdate(average, weights[name]!, decay);
    }
    this.#updates++;
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
    return {
      updates: this.#updates,
      rng: this.#rng.state(),
      average: copy(this.#average),
    };
  }
}

const copy = (weights: Weights): Record<string, FloatArray> =>
  Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, values.slice()]));

function checkSameNames(average: Weights, weights: Weights): void {
  const [known, given] = [Object.keys(average), Object.keys(weights)];
  const missing = known.find((name) => !(name in weights));
  const extra = given.find((name) => !(name in average));
  if (missing !== undefined || extra !== undefined) {
    const detail = missing !== undefined ? `${missing} is missing` : `${extra} is new`;
    throw new ShapeError("update", "weights", `to have the names of the first call: ${detail}`);
  }
  for (const name of known) {
    if (weights[name]!.length !== average[name]!.length) {
      throw new ShapeError(
        "update",
        `weights.${name}`,
        `to have length ${average[name]!.length} as before, got ${weights[name]!.length}`,
      );
    }
  }
}
