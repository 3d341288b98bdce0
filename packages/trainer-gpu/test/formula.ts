// The numbers that fixtures/formula.py computes by the same formula, and its summaries.
import fixture from "./fixtures/lenet.json" with { type: "json" };

export { fixture };

/** A number in [−1, 1) for each index: hashed (lowbias32), so that there is no pattern in them. */
function hashed(salt: number, i: number): number {
  let x = i + Math.imul(salt, 0x9e3779b9);
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1;
}

/** Deterministic numbers in [−scale, scale). */
export function formula(salt: number, n: number, scale: number): Float32Array {
  const values = new Float32Array(n);
  for (let i = 0; i < n; i++) values[i] = hashed(salt, i) * scale;
  return values;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The network's weights in PyTorch's layout, as a checkpoint would hold them. */
export function formulaTensors(): Record<
  string,
  { dtype: "F32"; shape: number[]; data: Float32Array }
> {
  return Object.fromEntries(
    Object.entries(fixture.parameters).map(([name, shape], salt) => {
      const fanIn = shape.length > 1 ? sizeOf(shape.slice(1)) : 16;
      const data = formula(salt, sizeOf(shape), 1 / Math.sqrt(fanIn));
      return [name, { dtype: "F32" as const, shape, data }];
    }),
  );
}

/** Norm, sum and eight fixed projections of a flat tensor. */
export interface Summary {
  readonly norm: number;
  readonly sum: number;
  readonly projections: readonly number[];
}

/** A summary as the fixtures hold them for gradients, weights and statistics. */
export function summary(data: Float32Array): Summary {
  const dot = (factor: (i: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum += data[i]! * factor(i);
    return sum;
  };
  return {
    norm: Math.sqrt(dot((i) => data[i]!)),
    sum: dot(() => 1),
    projections: Array.from({ length: 8 }, (_, p) => dot((i) => Math.fround(hashed(200 + p, i)))),
  };
}
