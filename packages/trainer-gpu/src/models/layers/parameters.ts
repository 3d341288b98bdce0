import { type ParameterKind, type ParameterSpec, sizeOf } from "../model.ts";
import type { Initialiser } from "./initialisers.ts";

/** A parameter of one axis: a bias, or the scale or offset of each channel. */
export function vector(
  name: string,
  kind: ParameterKind,
  size: number,
  initialise: Initialiser,
): ParameterSpec {
  return {
    name,
    kind,
    shape: [size],
    torch: { view: [size], permutation: [0], shape: [size] },
    initialise: (rng) => initialise(rng, size),
  };
}

/**
 * A weight that PyTorch holds with the outputs first: axes `view` [height, width, in, out],
 * reshaped to `shape` here.
 */
export function weight(
  name: string,
  view: readonly [number, number, number, number],
  shapes: { readonly here: readonly number[]; readonly torch: readonly number[] },
  initialise: Initialiser,
): ParameterSpec {
  return {
    name,
    kind: "weight",
    shape: shapes.here,
    torch: { view, permutation: [3, 2, 0, 1], shape: shapes.torch },
    initialise: (rng) => initialise(rng, sizeOf(view)),
  };
}
