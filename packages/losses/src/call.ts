// What every checked loss does around its kernel: check the options that all share, find or make the
// arrays that are filled, return them.
import { checkFloats, checkWeights, type FloatArray, resolveOut, type Shape } from "@sd/math";

/** Options of every loss. */
export interface LossOptions<Out extends FloatArray = Float64Array> {
  /** [n], finite and not negative: row i of the result is multiplied by weights[i]. @defaultValue 1 */
  readonly weights?: FloatArray | undefined;
  /** [n], filled and returned instead of a new Float64Array. */
  readonly out?: Out | undefined;
}

/** Options of every loss with its gradient. */
export interface GradOptions<Out extends FloatArray = Float64Array> extends LossOptions<Out> {
  /** [n], what row i of the gradient is multiplied by: dL/d(value[i]) of what follows. @defaultValue 1 */
  readonly cotangent?: FloatArray | undefined;
  /** [n, k], filled and returned instead of a new Float64Array. */
  readonly gradOut?: Out | undefined;
}

/** A loss of each row, [n], and its gradient with respect to the logits, [n, k]. */
export interface ValueAndGrad<Out extends FloatArray = Float64Array> {
  readonly value: Out;
  readonly grad: Out;
}

/** A loss whose own arguments are checked, waiting for the arrays to fill. */
export interface Prepared {
  readonly functionName: string;
  readonly shape: Shape;
  readonly n: number;
  readonly k: number;
  run(
    out: FloatArray,
    gradOut: FloatArray | null,
    weights: FloatArray | null,
    cotangent: FloatArray | null,
  ): void;
}

function checkedWeights(
  { functionName, shape, n }: Prepared,
  weights: FloatArray | undefined,
): FloatArray | null {
  if (weights === undefined) return null;
  checkWeights(functionName, weights, n, shape);
  return weights;
}

/** The values of a prepared loss. */
export function lossValue<Out extends FloatArray>(loss: Prepared, options: LossOptions<Out>): Out {
  const { functionName, shape, n } = loss;
  const weights = checkedWeights(loss, options.weights);
  const out = resolveOut(functionName, options.out, n, shape);
  loss.run(out, null, weights, null);
  return out;
}

/** The values and the gradients of a prepared loss, in one pass. */
export function lossValueAndGrad<Out extends FloatArray>(
  loss: Prepared,
  options: GradOptions<Out>,
): ValueAndGrad<Out> {
  const { functionName, shape, n, k } = loss;
  const weights = checkedWeights(loss, options.weights);
  const { cotangent } = options;
  if (cotangent !== undefined) checkFloats(functionName, "cotangent", cotangent, n, shape);
  const value = resolveOut(functionName, options.out, n, shape);
  const grad = resolveOut(functionName, options.gradOut, n * k, shape, "gradOut");
  loss.run(value, grad, weights, cotangent ?? null);
  return { value, grad };
}
