import {
  checkLabels,
  checkLogits,
  DomainError,
  type FloatArray,
  type IntegerArray,
  type Shape,
  ShapeError,
} from "@sd/math";
import { negativeLogLikelihood } from "./scores.ts";

/** A scale and an offset for each class. */
export interface VectorScaling {
  /** `[k]`. */
  readonly scale: Float64Array;
  /** `[k]`, with mean 0: a common offset changes nothing. */
  readonly offset: Float64Array;
}

/** {@link VectorScaling} with the likelihood it reaches. */
export interface FittedVectorScaling extends VectorScaling {
  /** Mean negative log-likelihood on the data of the fit. */
  readonly negativeLogLikelihood: number;
}

/**
 * Logits scaled and shifted by class, `w_c f_c + b_c`. May change which class is predicted.
 *
 * @param logits - `[n, k]`, not changed.
 * @param shape - The last axis is the class axis.
 * @param scaling - `scale` and `offset`, `[k]` each.
 * @returns `[n, k]`.
 * @throws {@link ShapeError}, {@link TypeMismatchError}.
 */
export function applyVectorScaling(
  logits: FloatArray,
  shape: Shape,
  { scale, offset }: VectorScaling,
): Float64Array {
  const { k } = checkLogits("applyVectorScaling", logits, shape);
  if (scale.length !== k || offset.length !== k) {
    const expectation = `to hold ${k} scales and offsets, got ${scale.length} and ${offset.length}`;
    throw new ShapeError("applyVectorScaling", "scaling", expectation);
  }
  return Float64Array.from(logits, (f, j) => scale[j % k]! * f + offset[j % k]!);
}

interface Derivatives {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/** Mean loss, gradient and Hessian in (w, b); a row's Hessian in its logits is diag(p) − p pᵀ. */
function derivativesAt(
  x: Float64Array,
  f: FloatArray,
  labels: IntegerArray,
  k: number,
): Derivatives {
  const n = labels.length;
  const d = 2 * k;
  const gradient = new Float64Array(d);
  const hessian = new Float64Array(d * d);
  const p = new Float64Array(k);
  let value = 0;
  for (let i = 0; i < n; i++) {
    const row = f.subarray(i * k, (i + 1) * k);
    for (let c = 0; c < k; c++) p[c] = x[c]! * row[c]! + x[k + c]!;
    const max = p.reduce((a, b) => Math.max(a, b), -Infinity);
    const own = p[labels[i]!]! - max;
    let total = 0;
    for (let c = 0; c < k; c++) total += p[c] = Math.exp(p[c]! - max);
    value += (Math.log(total) - own) / n;
    for (let c = 0; c < k; c++) p[c]! /= total;
    for (let a = 0; a < k; a++) {
      const g = (p[a]! - (labels[i] === a ? 1 : 0)) / n;
      gradient[a]! += g * row[a]!;
      gradient[k + a]! += g;
      for (let b = 0; b < k; b++) {
        const h = ((a === b ? p[a]! : 0) - p[a]! * p[b]!) / n;
        hessian[a * d + b]! += h * row[a]! * row[b]!;
        hessian[a * d + k + b]! += h * row[a]!;
        hessian[(k + a) * d + b]! += h * row[b]!;
        hessian[(k + a) * d + k + b]! += h;
      }
    }
  }
  return { value, gradient, hessian };
}

/** Solves (H + ridge I) s = g by Cholesky; the ridge is for the direction of a common offset. */
function solve(hessian: Float64Array, g: Float64Array, ridge: number): Float64Array {
  const d = g.length;
  const l = hessian.slice();
  const s = g.slice();
  for (let j = 0; j < d; j++) {
    for (let i = j; i < d; i++) {
      let sum = hessian[i * d + j]! + (i === j ? ridge : 0);
      for (let m = 0; m < j; m++) sum -= l[i * d + m]! * l[j * d + m]!;
      l[i * d + j] = i === j ? Math.sqrt(Math.max(sum, ridge)) : sum / l[j * d + j]!;
    }
  }
  for (let i = 0; i < d; i++) {
    for (let m = 0; m < i; m++) s[i]! -= l[i * d + m]! * s[m]!;
    s[i]! /= l[i * d + i]!;
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let m = i + 1; m < d; m++) s[i]! -= l[m * d + i]! * s[m]!;
    s[i]! /= l[i * d + i]!;
  }
  return s;
}

const NEARLY_FLAT = 1e-6;
const FLAT = 1e-10;

const largest = (x: Float64Array): number => x.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** Newton's step, halved until it descends. */
function descend(
  x: Float64Array,
  { gradient, hessian, value }: Derivatives,
  evaluate: (x: Float64Array) => Derivatives,
): { readonly x: Float64Array; readonly here: Derivatives } {
  const trace = gradient.reduce((sum, _, j) => sum + hessian[j * (gradient.length + 1)]!, 0);
  const step = solve(hessian, gradient, 1e-12 * trace + 1e-300);
  for (let length = 1; ; length /= 2) {
    const next = x.map((v, j) => v - length * step[j]!);
    const here = evaluate(next);
    if (here.value <= value || length < 1e-10) return { x: next, here };
  }
}

function minimise(f: FloatArray, labels: IntegerArray, k: number): Float64Array {
  const evaluate = (x: Float64Array): Derivatives => derivativesAt(x, f, labels, k);
  let x: Float64Array = Float64Array.from({ length: 2 * k }, (_, j) => (j < k ? 1 : 0));
  let here = evaluate(x);
  let nearly: Float64Array | undefined;
  for (let iteration = 0; iteration < 200; iteration++) {
    const slope = largest(here.gradient);
    if (slope < NEARLY_FLAT) nearly ??= x;
    if (slope < FLAT) {
      // Close to an optimum the point stands still; on the way to infinity only the slope fades.
      const reached = nearly!;
      if (largest(x.map((v, j) => v - reached[j]!)) < 0.05 * largest(x)) return x;
      break;
    }
    ({ x, here } = descend(x, here, evaluate));
  }
  const expectation =
    "to have an optimum: the classes can be separated, so that scales grow without end";
  throw new DomainError("fitVectorScaling", "logits", expectation);
}

/**
 * Vector scaling: the scales w and offsets b that minimise the mean negative log-likelihood of
 * `softmax(w ∘ f + b)`, without regulariser, by Newton's method from w = 1, b = 0.
 *
 * @param logits - `[n, k]`, of validation data, finite.
 * @param labels - `[n]`; every class must occur.
 * @param shape - The last axis is the class axis.
 * @returns The optimum.
 * @throws {@link DomainError} if a class has no label (its offset would fall to −∞), the classes can
 * be separated, or a logit is not finite; {@link ShapeError}, {@link TypeMismatchError}.
 * @see https://arxiv.org/abs/1706.04599
 */
export function fitVectorScaling(
  logits: FloatArray,
  labels: IntegerArray,
  shape: Shape,
): FittedVectorScaling {
  const { n, k } = checkLogits("fitVectorScaling", logits, shape);
  checkLabels("fitVectorScaling", labels, n, k, shape);
  for (let c = 0; c < k; c++) {
    if (!labels.includes(c)) {
      throw new DomainError(
        "fitVectorScaling",
        "labels",
        `to hold every class, but class ${c} is absent`,
      );
    }
  }
  if (!logits.every(Number.isFinite)) {
    throw new DomainError("fitVectorScaling", "logits", "to be finite");
  }
  const x = minimise(logits, labels, k);
  const centre = x.subarray(k).reduce((a, b) => a + b, 0) / k;
  const scaling = { scale: x.slice(0, k), offset: x.slice(k).map((b) => b - centre) };
  const scaled = applyVectorScaling(logits, shape, scaling);
  return { ...scaling, negativeLogLikelihood: negativeLogLikelihood(scaled, labels, shape) };
}
