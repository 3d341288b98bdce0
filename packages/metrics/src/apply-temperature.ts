import { checkLogits, checkNumber, type FloatArray, type Shape } from "@sd/math";

/** The limit T → 0 of a row: its largest classes share everything. */
function hardenRow(out: Float64Array, logits: FloatArray, start: number, k: number): void {
  let max = -Infinity;
  for (let j = start; j < start + k; j++) if (logits[j]! > max) max = logits[j]!;
  for (let j = start; j < start + k; j++) {
    out[j] = Number.isNaN(logits[j]!) ? Number.NaN : logits[j] === max ? 0 : -Infinity;
  }
}

/**
 * Logits divided by a temperature, `f / T`, with both limits.
 *
 * T = 0 gives 0 at a row's largest logits and −∞ elsewhere; T = Infinity gives 0 everywhere, except
 * that a masked class (−∞) stays masked.
 *
 * @param logits - `[n, k]`, not changed.
 * @param shape - The last axis is the class axis.
 * @param temperature - In [0, Infinity].
 * @returns `[n, k]`.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 */
export function applyTemperature(
  logits: FloatArray,
  shape: Shape,
  temperature: number,
): Float64Array {
  const { n, k } = checkLogits("applyTemperature", logits, shape);
  if (temperature === Infinity) {
    return Float64Array.from(logits, (f) => (f === -Infinity ? f : f * 0));
  }
  checkNumber("applyTemperature", "temperature", temperature, { min: 0 });
  if (temperature > 0) return Float64Array.from(logits, (f) => f / temperature);
  const out = new Float64Array(n * k);
  for (let i = 0; i < n; i++) hardenRow(out, logits, i * k, k);
  return out;
}
