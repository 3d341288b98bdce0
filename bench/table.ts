// What a suite found, as lines of text and as JSON.
import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import type { Timing } from "./measure.ts";

/** A number, mostly a ratio, that is held against a bar. */
export interface Ratio {
  readonly name: string;
  readonly value: number;
  /** What the number should be at most, or at least. */
  readonly bar?: { readonly atMost: number } | { readonly atLeast: number };
}

/** One comparison of a suite. */
export interface Comparison {
  readonly title: string;
  /** Numbers by their names, which end in the unit, such as "JavaScript, ms". */
  readonly values: Readonly<Record<string, number>>;
  readonly ratios: readonly Ratio[];
  /** What has to be known to read the numbers. */
  readonly notes?: readonly string[];
}

/** Medians as the values of a comparison. */
export function milliseconds(timings: readonly Timing[]): Record<string, number> {
  return Object.fromEntries(timings.map(({ name, median }) => [`${name}, ms`, median]));
}

/** Whether a bar is met; undefined where there is none. NaN meets no bar. */
export function isMet({ value, bar }: Ratio): boolean | undefined {
  if (bar === undefined) return undefined;
  return "atMost" in bar ? value <= bar.atMost : value >= bar.atLeast;
}

/** How many bars there are, and how many are met. */
export function countBars(comparisons: readonly Comparison[]): { met: number; all: number } {
  const results = comparisons.flatMap(({ ratios }) => ratios.map(isMet));
  return {
    met: results.filter((result) => result === true).length,
    all: results.filter((result) => result !== undefined).length,
  };
}

function describeBar(ratio: Ratio): string {
  const { bar } = ratio;
  if (bar === undefined) return "";
  const wanted = "atMost" in bar ? `at most ${bar.atMost}` : `at least ${bar.atLeast}`;
  return ` (${wanted}: ${isMet(ratio) ? "met" : "missed"})`;
}

/** Three digits, and all of those before the point. */
const digits = (x: number): string => (Math.abs(x) >= 1000 ? x.toFixed(0) : x.toPrecision(3));

/** The comparison as text. */
export function formatComparison({ title, values, ratios, notes = [] }: Comparison): string {
  return [
    title,
    ...notes.map((note) => `  ${note}`),
    ...Object.entries(values).map(([name, value]) => `  ${name}: ${digits(value)}`),
    ...ratios.map((ratio) => `  ${ratio.name}: ${digits(ratio.value)}${describeBar(ratio)}`),
  ].join("\n");
}

/** Writes everything with what it was measured on. */
export async function writeJson(file: string, comparisons: readonly Comparison[]): Promise<void> {
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores`;
  const content = { date: new Date().toISOString(), machine, node: process.version, comparisons };
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}
