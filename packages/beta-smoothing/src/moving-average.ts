import { checkChoice, checkNumber, DomainError } from "@sd/math";
import { averageInto, emaDecay } from "./ema.ts";
import { checkSameWeights, checkWeights, copyOf, type Weights } from "./weights.ts";

/** How the average begins, and what of the model it covers. */
export type EmaMode = "corrected" | "paper";

/** Options of {@link MovingAverage}. */
export interface MovingAverageOptions {
  /** The largest decay, in [0, 1]. @defaultValue 0.999 */
  readonly cap?: number | undefined;
  /**
   * `"corrected"` starts from a copy of the student's initial weights and averages everything that it
   * is given, buffers too; the averaged model runs in evaluation mode. `"paper"` starts from `initial`,
   * which was initialised on its own, and leaves `buffers` alone: the averaged model runs in training
   * mode and keeps its own batch statistics. @defaultValue "corrected"
   */
  readonly ema?: EmaMode | undefined;
  /** Weights of another initialisation, copied; needed by `"paper"` only. */
  readonly initial?: Weights | undefined;
  /** Names of batch-norm buffers, for `"paper"` only. @defaultValue [] */
  readonly buffers?: readonly string[] | undefined;
}

/** What a {@link MovingAverage} remembers: a number fit for JSON, arrays for a binary file. */
export interface MovingAverageState {
  /** How often `update` was called. */
  readonly updates: number;
  readonly average: Weights;
}

/**
 * The moving average of a model's weights, with the decay `min(1 − 1/(t + 1), cap)`.
 *
 * @example
 * ```ts
 * import { MovingAverage } from "@sd/beta-smoothing";
 *
 * const paper = new MovingAverage({
 *   ema: "paper",
 *   initial: { kernel: Float32Array.of(4), mean: Float32Array.of(0) },
 *   buffers: ["mean"],
 * });
 * paper.update({ kernel: Float32Array.of(1), mean: Float32Array.of(7) }); // the student's first weights
 * paper.update({ kernel: Float32Array.of(2), mean: Float32Array.of(8) }); // and after a step
 * console.log(paper.average.kernel![0], paper.average.mean![0]); // 3 0
 * ```
 */
export class MovingAverage {
  readonly cap: number;
  readonly ema: EmaMode;
  readonly #buffers: ReadonlySet<string>;
  #updates = 0;
  #average: Record<string, Weights[string]> = {};

  /**
   * @param options - `cap`, `ema`; with `ema: "paper"` also `initial` and `buffers`.
   * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
   */
  constructor(options: MovingAverageOptions = {}) {
    const name = "MovingAverage";
    const { cap = 0.999, ema = "corrected", initial, buffers = [] } = options;
    this.cap = checkNumber(name, "cap", cap, { min: 0, max: 1 });
    this.ema = checkChoice(name, "ema", ema, ["corrected", "paper"]);
    this.#buffers = new Set(buffers);
    if (ema === "corrected" && (initial !== undefined || buffers.length > 0)) {
      const argument = initial === undefined ? "buffers" : "initial";
      throw new DomainError(name, argument, 'to be left out unless ema is "paper"');
    }
    if (ema === "corrected") return;
    if (initial === undefined) {
      throw new DomainError(name, "initial", 'to be given where ema is "paper"');
    }
    checkWeights(name, "initial", initial);
    const unknown = buffers.find((buffer) => !Object.hasOwn(initial, buffer));
    if (unknown !== undefined) {
      throw new DomainError(name, "buffers", `to be names of initial, got ${unknown}`);
    }
    this.#average = copyOf(initial);
  }

  /**
   * The average that `state()` was asked of, where it then stood.
   *
   * @param options - As the first was made with.
   * @param state - What `state()` returned.
   * @throws {@link TypeMismatchError}, {@link DomainError}.
   */
  static fromState(options: MovingAverageOptions, state: MovingAverageState): MovingAverage {
    const restored = new MovingAverage(options);
    checkNumber("MovingAverage.fromState", "state.updates", state.updates, {
      min: 0,
      integer: true,
    });
    restored.#updates = state.updates;
    restored.#average = copyOf(state.average);
    return restored;
  }

  /** The averaged weights; the arrays are the average's own and change with `update`. */
  get average(): Weights {
    return this.#average;
  }

  /** How often `update` was called. */
  get updates(): number {
    return this.#updates;
  }

  /**
   * Takes the student's weights into the average. The first call is for the initial weights, which
   * `"corrected"` copies and `"paper"` only checks; the t-th after it has the decay
   * `min(1 − 1/(t + 1), cap)`.
   *
   * @param weights - The same names and lengths in every call.
   * @throws {@link ShapeError} if names or lengths differ, and then nothing is changed;
   * {@link TypeMismatchError}.
   */
  update(weights: Weights): void {
    const starts = this.#updates === 0 && this.ema === "corrected";
    if (starts) checkWeights("update", "weights", weights);
    else checkSameWeights("update", "weights", this.#average, weights);
    if (starts) this.#average = copyOf(weights);
    else if (this.#updates > 0) this.#step(weights, emaDecay(this.#updates, this.cap));
    this.#updates++;
  }

  #step(weights: Weights, decay: number): void {
    for (const [name, average] of Object.entries(this.#average)) {
      if (!this.#buffers.has(name)) averageInto(average, weights[name]!, decay);
    }
  }

  /** A snapshot; its arrays are copies. */
  state(): MovingAverageState {
    return { updates: this.#updates, average: copyOf(this.#average) };
  }
}
