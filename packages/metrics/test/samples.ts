import { beta, createRng } from "@sd/math/random";

/** n draws of Beta(a, b), always the same. */
export function betaSample(a: number, b: number, n: number): Float64Array {
  const rng = createRng(7).fork(a, b);
  return Float64Array.from({ length: n }, () => beta(rng, a, b));
}
