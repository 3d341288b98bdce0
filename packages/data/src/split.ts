import { checkLabels, checkNumber, DomainError, type IntegerArray } from "@sd/math";
import { createRng, permutation } from "@sd/math/random";

/** Options of {@link stratifiedSplit}. */
export interface SplitOptions<Name extends string> {
  /** Rows of each part, by name; parts are filled in this order. */
  readonly sizes: Readonly<Record<Name, number>>;
  /** Number of classes, k. */
  readonly classes: number;
  readonly seed: number;
  /**
   * `equal`: every class has size/k rows in each part, up to one. `proportional`: each class keeps
   * its share of the data, up to one row. @defaultValue "equal"
   */
  readonly balance?: "equal" | "proportional";
}

/** size/k rows a class; the rows that do not divide go round the classes, on from part to part. */
function equalQuotas(size: number, order: Int32Array, turn: number): Int32Array {
  const k = order.length;
  const quotas = new Int32Array(k).fill(Math.floor(size / k));
  for (let i = 0; i < size % k; i++) quotas[order[(turn + i) % k]!]!++;
  return quotas;
}

/** Largest remainders of size · left_c / Σ left; never more than a class has left. */
function proportionalQuotas(size: number, order: Int32Array, left: Int32Array): Int32Array {
  const total = left.reduce((a, b) => a + b, 0);
  const shares = Array.from(left, (count) => (total === 0 ? 0 : (size * count) / total));
  const quotas = Int32Array.from(shares, Math.floor);
  const missing = size - quotas.reduce((a, b) => a + b, 0);
  const byRemainder = [...order].sort((a, b) => (shares[b]! % 1) - (shares[a]! % 1));
  for (const c of byRemainder.slice(0, missing)) quotas[c]!++;
  return quotas;
}

/** The rows of each class in random order, keyed by (seed, class). */
function shuffledClasses(labels: IntegerArray, classes: number, seed: number): number[][] {
  const members: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, row) => void members[label]!.push(row));
  const rng = createRng(seed);
  return members.map((rows, c) =>
    Array.from(permutation(rng.fork("split", c), rows.length), (i) => rows[i]!),
  );
}

/**
 * Draws disjoint parts of the rows, stratified by class.
 *
 * @param labels - `[n]`, classes 0…k−1.
 * @param options - Sizes by name, classes, seed.
 * @returns Row indices by name, ascending; the same for the same arguments.
 * @throws {@link DomainError} if a class, or the data, has too few rows.
 *
 * @example
 * ```ts
 * import { stratifiedSplit } from "@sd/data";
 *
 * const labels = Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1);
 * const parts = stratifiedSplit(labels, { sizes: { train: 4, test: 2 }, classes: 2, seed: 1 });
 * console.log(parts.train.length, parts.test.length); // 4 2
 * console.log(Array.from(parts.train, (i) => labels[i]!).sort()); // [ 0, 0, 1, 1 ]
 * ```
 */
export function stratifiedSplit<Name extends string>(
  labels: IntegerArray,
  options: SplitOptions<Name>,
): Record<Name, Int32Array> {
  const { sizes, classes, seed, balance = "equal" } = options;
  checkNumber("stratifiedSplit", "classes", classes, { min: 1, integer: true });
  checkLabels("stratifiedSplit", labels, labels.length, classes, [labels.length, classes]);
  const members = shuffledClasses(labels, classes, seed);
  const order = permutation(createRng(seed).fork("split", "order"), classes);
  const used = new Int32Array(classes);
  let turn = 0;
  const parts = Object.entries<number>(sizes).map(([name, size]) => {
    checkNumber("stratifiedSplit", `sizes.${name}`, size, { min: 0, integer: true });
    const left = used.map((count, c) => members[c]!.length - count);
    const quotas =
      balance === "equal" ? equalQuotas(size, order, turn) : proportionalQuotas(size, order, left);
    turn = (turn + size) % classes;
    const rows = members.flatMap((member, c) => {
      if (quotas[c]! > left[c]!) {
        throw new DomainError(
          "stratifiedSplit",
          `sizes.${name}`,
          `to leave class ${c} enough rows: ${quotas[c]} wanted, ${left[c]} left of ${member.length}`,
        );
      }
      return member.slice(used[c], used[c]! + quotas[c]!);
    });
    for (let c = 0; c < classes; c++) used[c]! += quotas[c]!;
    return [name, Int32Array.from(rows).sort()] as const;
  });
  return Object.fromEntries(parts) as Record<Name, Int32Array>;
}
