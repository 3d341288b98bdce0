// What figures of several methods have in common.
import type { Series } from "./figure.ts";

/** Without a canvas Vega takes text for half as wide again as it is. */
export const LABEL_LIMIT = 800;

type Coloured = Pick<Series, "label" | "colour">;

/** The colour channel of a field `method`, with a legend in columns. */
export const colourScale = (series: readonly Coloured[]): object => ({
  field: "method",
  type: "nominal",
  title: null,
  scale: { domain: series.map(({ label }) => label), range: series.map(({ colour }) => colour) },
  legend: {
    symbolOpacity: 1,
    labelLimit: LABEL_LIMIT,
    columns: series.length > 4 || series.some(({ label }) => label.length > 22) ? 2 : 4,
  },
});

/** How many characters fit above a small panel. */
const TITLE_WIDTH = 30;

/** A label in lines that fit above a small panel, broken between words. */
export function titleLines(label: string): string[] {
  const lines: string[] = [];
  for (const word of label.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= TITLE_WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
