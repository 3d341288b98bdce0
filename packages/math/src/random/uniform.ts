import { checkNumber } from "../checks.ts";
import type { Rng } from "./rng.ts";

/** A double in (0, 1]: what a logarithm may be taken of. */
export function uniformOpen(rng: Rng): number {
  return 1 - rng.uniform();
}

/**
 * An unbiased integer in 0…bound−1.
 *
 * @param rng - Draws one word, now and then more.
 * @param bound - An integer in 1…2³².
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 */
export function randomInteger(rng: Rng, bound: number): number {
  checkNumber("randomInteger", "bound", bound, { min: 1, max: 2 ** 32, integer: true });
  // Words from the last, incomplete run of `bound` would favour small remainders.
  const limit = 2 ** 32 - (2 ** 32 % bound);
  let word = rng.uint32();
  while (word >= limit) word = rng.uint32();
  return word % bound;
}

/** An array that {@link shuffle} can reorder. */
export interface Swappable<T> {
  readonly length: number;
  [index: number]: T;
}

/**
 * Reorders `items` in place, every order being equally likely (Fisher–Yates), and returns them.
 *
 * @param rng - The source of randomness.
 * @param items - Any array or typed array.
 */
export function shuffle<T, Items extends Swappable<T>>(rng: Rng, items: Items): Items {
  for (let i = items.length - 1; i > 0; i--) {
    const j = randomInteger(rng, i + 1);
    const held = items[i]!;
    items[i] = items[j]!;
    items[j] = held;
  }
  return items;
}

/**
 * A random order of 0…n−1.
 *
 * @param rng - The source of randomness.
 * @param n - A non-negative integer below 2³¹.
 * @returns [n].
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { createRng, permutation } from "@sd/math/random";
 *
 * console.log(permutation(createRng(1), 6).sort()); // Int32Array(6) [ 0, 1, 2, 3, 4, 5 ]
 * ```
 */
export function permutation(rng: Rng, n: number): Int32Array {
  checkNumber("permutation", "n", n, { min: 0, max: 2 ** 31 - 1, integer: true });
  return shuffle<number, Int32Array>(
    rng,
    Int32Array.from({ length: n }, (_, i) => i),
  );
}
