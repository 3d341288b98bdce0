// What figures of several methods have in common.
import type { Series } from "./figure.ts";

type Coloured = Pick<Series, "label" | "colour">;

/** The colour channel of a field `method`, with a legend in columns. */
export const colourScale = (series: readonly Coloured[]): object => ({
  field: "method",
  type: "nominal",
  title: null,
  scale: { domain: series.map(({ label }) => label), range: series.map(({ colour }) => colour) },
  legend: {
    symbolOpacity: 1,
    columns: series.length > 4 || series.some(({ label }) => label.length > 22) ? 2 : 4,
  },
});
