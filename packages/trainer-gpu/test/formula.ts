// The numbers that fixtures/lenet.py computes by the same formula, and its summaries.
import fixture from "./fixtures/lenet.json" with { type: "json" };

export { fixture };

/** Deterministic numbers in [−scale, scale): fractional parts of multiples of 2654435761 / 2³². */
export function formula(salt: number, n: number, scale: number): Float32Array {
  const offset = Math.imul(salt, 974_711);
  return Float32Array.from({ length: n }, (_, i) => {
    const word = (Math.imul(i + 1, 2_654_435_761) + offset) >>> 0;
    return (word / 2 ** 31 - 1) * scale;
  });
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

/** Norm, sum and eight fixed projections of a flat tensor, as the fixture holds them for gradients and weights. */
export function summary(data: Float32Array): { norm: number; sum: number; projections: number[] } {
  const dot = (other: ArrayLike<number>): number =>
    data.reduce((sum, x, i) => sum + x * other[i]!, 0);
  return {
    norm: Math.sqrt(dot(data)),
    sum: data.reduce((a, b) => a + b, 0),
    projections: Array.from({ length: 8 }, (_, i) => dot(formula(200 + i, data.length, 1))),
  };
}
