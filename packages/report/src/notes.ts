// What the reader must know of intervals and comparisons.
import { comparedRows } from "./result-cells.ts";
import type { ResultRow } from "./results.ts";

/** What the intervals of the values cover. */
export function intervalNote(rows: readonly ResultRow[]): string {
  const kinds = new Set(rows.map(({ intervals }) => intervals));
  const bootstrap =
    "bootstrap over test images, one training seed: the noise between seeds is not covered";
  const seeds = "Student's t over training seeds";
  const correction =
    "a bootstrap interval of the ECE takes off its upward bias, and can lie below the value";
  if (kinds.size === 2)
    return `95 % intervals: ${seeds} where there are several; else ${bootstrap}; ${correction}.`;
  return `95 % intervals: ${kinds.has("seeds") ? seeds : `${bootstrap}; ${correction}`}.`;
}

/** How differences were paired, and what was corrected; empty where nothing is compared. */
export function differenceNote(rows: readonly ResultRow[]): string {
  const compared = comparedRows(rows);
  if (compared.length === 0) return "";
  const ways = new Set(
    compared.flatMap(({ metrics }) =>
      Object.values(metrics).flatMap(({ difference }) => difference?.pairedBy ?? []),
    ),
  );
  const images =
    "both on the same resampled test images (accuracy's p-value: McNemar's exact test), which does not cover the noise between seeds";
  const seeds = "Student's t of the differences seed by seed";
  const way =
    ways.size === 2
      ? `${seeds} where there are several seeds, else ${images}`
      : ways.has("seeds")
        ? seeds
        : images;
  return `Differences: method minus baseline with 95 % intervals, ${way}. p-values are corrected by Holm over the methods that are compared in a metric; the intervals are not.`;
}

/** What a mark says. */
export const markNote = (mark: string, place: string): string =>
  `${mark}: best of its ${place}, and the interval of its difference from the baseline excludes 0.`;
