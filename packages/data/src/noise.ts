import { checkLabels, checkNumber, DomainError, type IntegerArray, ShapeError } from "@sd/math";
import { createRng, permutation, randomInteger } from "@sd/math/random";

/** Labels of which some were made wrong. */
export interface NoisyLabels {
  /** `[n]`. */
  readonly labels: Int32Array;
  /** `[n]`, 1 where the label was changed. */
  readonly flipped: Uint8Array;
}

/** Options of {@link symmetricNoise}. */
export interface SymmetricNoiseOptions {
  /** Number of classes, k; at least 2. */
  readonly classes: number;
  /** The share of wrong labels, in [0, 1]. */
  readonly rate: number;
  readonly seed: number;
}

/** Options of {@link asymmetricNoise}. */
export interface AsymmetricNoiseOptions {
  /** `map[c]` is the class that class c is mistaken for; c itself keeps it clean. */
  readonly map: readonly number[];
  /** The share of wrong labels in each class that is mistaken, in [0, 1]. */
  readonly rate: number;
  readonly seed: number;
}

/**
 * Symmetric label noise: exactly round(rate·n) rows, drawn without replacement, get one of the
 * k − 1 other classes, each equally likely.
 *
 * @param labels - `[n]`, classes 0…k−1; not changed.
 * @param options - `classes`, `rate`, `seed`.
 * @returns New labels, and which rows changed.
 * @throws {@link DomainError} if `rate` leaves [0, 1] or `classes` is below 2.
 *
 * @example
 * ```ts
 * import { symmetricNoise } from "@sd/data";
 *
 * const { labels, flipped } = symmetricNoise(new Int32Array(10), { classes: 3, rate: 0.4, seed: 1 });
 * console.log(flipped.filter(Boolean).length, labels.filter(Boolean).length); // 4 4
 * ```
 */
export function symmetricNoise(labels: IntegerArray, options: SymmetricNoiseOptions): NoisyLabels {
  const { classes, rate, seed } = options;
  checkNumber("symmetricNoise", "classes", classes, { min: 2, integer: true });
  checkNumber("symmetricNoise", "rate", rate, { min: 0, max: 1 });
  checkLabels("symmetricNoise", labels, labels.length, classes, [labels.length, classes]);
  const rng = createRng(seed);
  const classRng = rng.fork("noise", "class");
  const noisy = Int32Array.from(labels);
  const flipped = new Uint8Array(labels.length);
  const chosen = permutation(rng.fork("noise", "rows"), labels.length);
  for (const row of chosen.subarray(0, Math.round(rate * labels.length))) {
    // A draw among k − 1 that skips the row's own class.
    const other = randomInteger(classRng, classes - 1);
    noisy[row] = other < noisy[row]! ? other : other + 1;
    flipped[row] = 1;
  }
  return { labels: noisy, flipped };
}

/**
 * Asymmetric label noise: in every class c with map[c] ≠ c exactly round(rate·n_c) rows become map[c].
 *
 * @param labels - `[n]`, classes 0…k−1, k = `map.length`; not changed.
 * @param options - `map`, `rate`, `seed`.
 * @returns New labels, and which rows changed.
 * @throws {@link DomainError} if `rate` leaves [0, 1] or `map` holds no class.
 */
export function asymmetricNoise(
  labels: IntegerArray,
  options: AsymmetricNoiseOptions,
): NoisyLabels {
  const { map, rate, seed } = options;
  const classes = map.length;
  checkNumber("asymmetricNoise", "rate", rate, { min: 0, max: 1 });
  checkLabels("asymmetricNoise", labels, labels.length, classes, [labels.length, classes]);
  if (map.some((c) => !Number.isInteger(c) || c < 0 || c >= classes)) {
    throw new DomainError(
      "asymmetricNoise",
      "map",
      `to hold classes 0…${classes - 1}, got [${map}]`,
    );
  }
  const noisy = Int32Array.from(labels);
  const flipped = new Uint8Array(labels.length);
  const rng = createRng(seed);
  map.forEach((target, c) => {
    if (target === c) return;
    const rows = Array.from(labels.keys()).filter((row) => labels[row] === c);
    const chosen = permutation(rng.fork("noise", c), rows.length);
    for (const i of chosen.subarray(0, Math.round(rate * rows.length))) {
      noisy[rows[i]!] = target;
      flipped[rows[i]!] = 1;
    }
  });
  return { labels: noisy, flipped };
}

/**
 * Label noise that is given: labels from elsewhere, people's mistakes among them, in place of the right ones.
 *
 * @param labels - `[n]`, the right ones, classes 0…k−1; not changed.
 * @param given - `[n]`, what stands in their place; copied.
 * @param options - `classes`.
 * @returns The given labels, and which rows they change.
 * @throws {@link ShapeError}, {@link DomainError}, {@link TypeMismatchError}.
 *
 * @example
 * ```ts
 * import { givenNoise } from "@sd/data";
 *
 * const { flipped } = givenNoise(Int32Array.of(0, 1, 2), Int32Array.of(0, 2, 2), { classes: 3 });
 * console.log(flipped); // Uint8Array(3) [ 0, 1, 0 ]
 * ```
 */
export function givenNoise(
  labels: IntegerArray,
  given: IntegerArray,
  { classes }: { readonly classes: number },
): NoisyLabels {
  const n = labels.length;
  checkNumber("givenNoise", "classes", classes, { min: 1, integer: true });
  checkLabels("givenNoise", labels, n, classes, [n, classes]);
  if (given.length !== n) {
    throw new ShapeError("givenNoise", "given", `to have length ${n}, got ${given.length}`);
  }
  checkLabels("givenNoise", given, n, classes, [n, classes]);
  const flipped = Uint8Array.from(given, (label, i) => Number(label !== labels[i]));
  return { labels: Int32Array.from(given), flipped };
}
