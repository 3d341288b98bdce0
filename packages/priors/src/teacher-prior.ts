import {
  checkChoice,
  checkLogits,
  checkNumber,
  DomainError,
  type FloatArray,
  resolveOut,
  type Shape,
} from "@sd/math";
import { logSoftmaxInto, logSumExpInto } from "@sd/math/kernels";
import { scaledSoftmaxInto } from "./kernels/teacher.ts";
import type { PriorOptions } from "./label-priors.ts";
import type { OutOption } from "./out.ts";

/**
 * How much each example's teacher counts, ω (mean 1 only where said):
 * `"constant"` ω = 1; `"raw"` ω = Σ_j exp(t_j/T), not invariant to a shift of t;
 * `"normalised"` ω = Σ_j softmax(t)_j^(1/T), invariant, in [1, k^(1−1/T)] for T ≥ 1 (the weight of WTTM);
 * `"batchNormalised"` raw ω divided by its mean over the batch; `"clipped"` raw ω held in bounds.
 */
export type Omega = "constant" | "raw" | "normalised" | "batchNormalised" | "clipped";

/** What decides ω. */
export interface OmegaOptions {
  /** Divides the teacher's logits; finite and > 0. @defaultValue 1 */
  readonly temperature?: number | undefined;
  /** @defaultValue "constant" */
  readonly omega?: Omega | undefined;
  /** The bounds of `"clipped"`: 0 < lowest ≤ highest. */
  readonly bounds?: readonly [lowest: number, highest: number] | undefined;
}

const OMEGAS = ["constant", "raw", "normalised", "batchNormalised", "clipped"] as const;

interface CheckedOmega {
  readonly temperature: number;
  readonly omega: Omega;
  readonly bounds: readonly [number, number];
}

function checkOmega(functionName: string, options: OmegaOptions): CheckedOmega {
  const temperature = checkNumber(functionName, "temperature", options.temperature ?? 1, {
    min: 0,
    aboveMin: true,
  });
  const omega = checkChoice(functionName, "omega", options.omega ?? "constant", OMEGAS);
  if (omega !== "clipped") return { temperature, omega, bounds: [1, 1] };
  const [lowest, highest] = options.bounds ?? [Number.NaN, Number.NaN];
  if (!(lowest > 0 && highest >= lowest && highest < Infinity)) {
    const detail = `to be finite with 0 < lowest <= highest, got [${lowest}, ${highest}]`;
    throw new DomainError(functionName, "bounds", detail);
  }
  return { temperature, omega, bounds: [lowest, highest] };
}

const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/** Fills out[i] = log ω_i. */
function logOmegaInto(
  out: Float64Array,
  teacherLogits: FloatArray,
  n: number,
  k: number,
  { temperature, omega, bounds }: CheckedOmega,
): void {
  if (omega === "constant") {
    out.fill(0);
    return;
  }
  logSumExpInto(out, teacherLogits, n, k, temperature);
  if (omega === "normalised") {
    const untempered = new Float64Array(n);
    logSumExpInto(untempered, teacherLogits, n, k);
    for (let i = 0; i < n; i++) out[i]! -= untempered[i]! / temperature;
  } else if (omega === "batchNormalised") {
    logSoftmaxInto(out, out, 1, n);
    const logN = Math.log(n);
    for (let i = 0; i < n; i++) out[i]! += logN;
  } else if (omega === "clipped") {
    const [low, high] = [Math.log(bounds[0]), Math.log(bounds[1])];
    for (let i = 0; i < n; i++) out[i] = Math.min(Math.max(out[i]!, low), high);
  }
}

/**
 * log ω of each example: how strongly its teacher counts in self-distillation.
 *
 * The logarithm is finite where ω itself overflows (raw ω beyond t/T of 709).
 *
 * @param teacherLogits - [n, k].
 * @param shape - The last axis is the class axis.
 * @param options - `temperature`, `omega`, `bounds`, `out` of length n.
 * @returns [n].
 * @throws {@link TypeMismatchError}, {@link ShapeError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { teacherLogOmega } from "@sd/priors";
 *
 * const logits = Float64Array.of(1000, 1000);
 * const raw = teacherLogOmega(logits, [1, 2], { omega: "raw" });
 * console.log(raw[0]! - 1000 > 0.69, teacherLogOmega(logits, [1, 2])[0]); // true 0
 * ```
 */
export function teacherLogOmega<Out extends FloatArray = Float64Array>(
  teacherLogits: FloatArray,
  shape: Shape,
  options: OmegaOptions & OutOption<Out> = {},
): Out {
  const { n, k } = checkLogits("teacherLogOmega", teacherLogits, shape, "teacherLogits");
  const checked = checkOmega("teacherLogOmega", options);
  const out = resolveOut("teacherLogOmega", options.out, n, shape);
  const logOmega = new Float64Array(n);
  logOmegaInto(logOmega, teacherLogits, n, k, checked);
  out.set(logOmega);
  return out;
}

/**
 * A teacher as a prior: `a = β ω q` with `q = softmax(t/T)`, formed in log space.
 *
 * It is the excess of `α = β exp(t/T) + 1` when ω is raw. Constant ω (the default) gives every row the
 * mass β, which is the total loss of distillation with hard weight 1/(1 + β).
 *
 * @param teacherLogits - [n, k]; −∞ masks a class.
 * @param shape - The last axis is the class axis.
 * @param options - `beta`, `temperature`, `omega`, `bounds`, `out`.
 * @returns Excess rows [n, k] of mass β ω.
 * @throws {@link DomainError} also if ω overflows, which raw ω does beyond t/T of 709 (88 in
 * a float32 `out`); {@link TypeMismatchError}, {@link ShapeError}.
 *
 * Reference: Zhang & Sabuncu 2020, arXiv 2006.05065, section 4; `"normalised"`: Zheng & Yang 2024,
 * arXiv 2402.11148.
 *
 * @example
 * ```ts
 * import { teacherPrior } from "@sd/priors";
 *
 * const teacher = Float64Array.of(5, 5);
 * console.log(teacherPrior(teacher, [1, 2], { beta: 1, temperature: 4 })); // Float64Array(2) [ 0.5, 0.5 ]
 * ```
 */
export function teacherPrior<Out extends FloatArray = Float64Array>(
  teacherLogits: FloatArray,
  shape: Shape,
  options: PriorOptions<Out> & OmegaOptions,
): Out {
  const name = "teacherPrior";
  const { n, k } = checkLogits(name, teacherLogits, shape, "teacherLogits");
  const beta = checkNumber(name, "beta", options.beta, { min: 0 });
  const checked = checkOmega(name, options);
  const out = resolveOut(name, options.out, n * k, shape);
  const largest = out instanceof Float32Array ? MAX_FLOAT32 : Number.MAX_VALUE;
  const logOmega = new Float64Array(n);
  logOmegaInto(logOmega, teacherLogits, n, k, checked);
  // From here on the weights themselves.
  for (let i = 0; i < n; i++) {
    const weight = beta * Math.exp(logOmega[i]!);
    // NaN is caught as well: a teacher without a finite maximum says nothing.
    if (!(weight <= largest)) {
      const detail = `to give a finite weight, got log ω = ${logOmega[i]} in row ${i}`;
      throw new DomainError(name, "teacherLogits", detail);
    }
    logOmega[i] = weight;
  }
  scaledSoftmaxInto(out, teacherLogits, logOmega, n, k, checked.temperature);
  return out;
}
