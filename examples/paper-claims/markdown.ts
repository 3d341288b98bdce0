// Tables and numbers of the document.

/** A cell that stands on the right, as numbers do. */
export type Alignment = "left" | "right";

/** A table whose columns line up in the source as well; the first column is of words. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  words = 1,
): string {
  const widths = head.map((title, c) =>
    Math.max(3, title.length, ...rows.map((row) => row[c]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, c) => (c < words ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join(" | ")} |`;
  const rule = widths.map((width, c) =>
    c < words ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(head), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** A number with a minus that is one; an en dash where there is none. */
export function number(x: number, digits: number): string {
  if (Number.isNaN(x)) return "–";
  const text = x.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** The same with its sign. */
export const signed = (x: number, digits: number): string =>
  `${x > 0 && Number(x.toFixed(digits)) > 0 ? "+" : ""}${number(x, digits)}`;

/** A value with half the width of its interval. */
export const plusMinus = (
  { value, interval }: { readonly value: number; readonly interval?: readonly [number, number] },
  digits: number,
): string => {
  const half = interval ? (interval[1] - interval[0]) / 2 : Number.NaN;
  return Number.isNaN(half)
    ? number(value, digits)
    : `${number(value, digits)} ± ${number(half, digits)}`;
};

/** An interval of differences. */
export const between = ([low, high]: readonly [number, number], digits: number): string =>
  Number.isNaN(low) ? "–" : `${signed(low, digits)} … ${signed(high, digits)}`;

/** A p-value. */
export const probability = (p: number): string => (p < 0.001 ? "< 0.001" : number(p, 3));
