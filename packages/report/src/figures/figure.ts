// What a figure is before it is drawn, and what all of one cell are drawn from.
import type { RunRecord } from "@sd/runs";
import type { ResultRow } from "../results.ts";

/** The numbers of a figure as lines; the first column is the head of its line. */
export interface FigureTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A figure before it is drawn. */
export interface Figure {
  /** Unique among the figures of a cell; letters and dashes. */
  readonly id: string;
  readonly title: string;
  /** What it shows, for those who do not see it. */
  readonly description: string;
  readonly caption: string;
  /** Vega-Lite with its data, without colours of the page: portable. */
  readonly spec: object;
  readonly table: FigureTable;
}

/** A method as figures draw it. */
export interface Series {
  readonly label: string;
  readonly colour: string;
  readonly row: ResultRow;
  readonly records: readonly RunRecord[];
}

/** Names in one sentence, the first few of many. */
export function listed(names: readonly string[], most = 8): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(", ")} and ${more} more` : names.join(", ");
}
