import type { FloatArray } from "@sd/math";

/** Where output cell i of `to` reads from `from` cells: [start, end). */
const window = (i: number, from: number, to: number): readonly [number, number] => [
  Math.floor((i * from) / to),
  Math.ceil(((i + 1) * from) / to),
];

/** Calls `visit(source, target, share)` for every pixel that a target pixel averages, in one plane. */
function eachShare(
  [h, w]: readonly [number, number],
  [toH, toW]: readonly [number, number],
  visit: (source: number, target: number, share: number) => void,
): void {
  for (let y = 0; y < toH; y++) {
    const [top, bottom] = window(y, h, toH);
    for (let x = 0; x < toW; x++) {
      const [left, right] = window(x, w, toW);
      const share = 1 / ((bottom - top) * (right - left));
      for (let sy = top; sy < bottom; sy++) {
        for (let sx = left; sx < right; sx++) visit(sy * w + sx, y * toW + x, share);
      }
    }
  }
}

/** Adaptive average pooling of `planes` planes, as PyTorch's `adaptive_avg_pool2d`. */
export function adaptivePool(
  x: FloatArray,
  planes: number,
  from: readonly [number, number],
  to: readonly [number, number],
): Float64Array {
  const [size, toSize] = [from[0] * from[1], to[0] * to[1]];
  const out = new Float64Array(planes * toSize);
  eachShare(from, to, (source, target, share) => {
    for (let p = 0; p < planes; p++) out[p * toSize + target]! += share * x[p * size + source]!;
  });
  return out;
}

/** The gradient of {@link adaptivePool} with respect to its input. */
export function adaptivePoolGrad(
  slope: Float64Array,
  planes: number,
  from: readonly [number, number],
  to: readonly [number, number],
): Float64Array {
  const [size, toSize] = [from[0] * from[1], to[0] * to[1]];
  const grad = new Float64Array(planes * size);
  eachShare(from, to, (source, target, share) => {
    for (let p = 0; p < planes; p++)
      grad[p * size + source]! += share * slope[p * toSize + target]!;
  });
  return grad;
}
