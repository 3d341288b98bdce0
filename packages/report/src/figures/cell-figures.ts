// The figures of one cell of a study's grid.
import { resolve } from "node:path";
import type { RunRecord } from "@sd/runs";
import type { ResultsOfCell } from "../result-cells.ts";
import type { ResultsOptions } from "../results.ts";
import { colourOf, MOST_COLOURS } from "./colours.ts";
import { confidenceDistributions } from "./confidences.ts";
import { costBars } from "./cost.ts";
import type { Figure, Series } from "./figure.ts";
import { generationCurves } from "./generations.ts";
import { type Outcome, outcomeOf } from "./outcomes.ts";
import { uncertaintyPlane } from "./plane.ts";
import { reliabilityDiagrams } from "./reliability.ts";
import { riskCoverageCurves } from "./risk-coverage.ts";
import { temperatureMap } from "./temperature-map.ts";
import { trainingCurves } from "./training-curves.ts";

/** What is drawn of a cell. */
export interface CellFigures {
  readonly figures: readonly Figure[];
  readonly outcomes: readonly Outcome[];
  /** Methods that the figures leave out, for want of colours. */
  readonly leftOut: readonly string[];
}

/** Of how many cells of a grid figures are drawn; of a large grid the first stands for all. */
const DRAWN_CELLS = 3;
const LARGE_GRID = 12;

/** The cells that have figures of their own. */
export const drawnCells = (cells: readonly ResultsOfCell[]): readonly ResultsOfCell[] =>
  cells.slice(0, cells.length > LARGE_GRID ? 1 : DRAWN_CELLS);

/** A figure's id among those of all cells: the cell's number is part of it where there are several. */
export const placedId = (id: string, { title }: ResultsOfCell, index: number): string =>
  title ? `${id}-${index + 1}` : id;

/** More than enough for a band that is drawn. */
const MOST_RESAMPLES = 500;

/** How many seeds of a method are drawn: more would be one blot. */
const MOST_SEEDS = 10;

/** Makes a cell's figures, reading the predictions of what they show. */
export async function cellFigures(
  { rows }: ResultsOfCell,
  byFolder: ReadonlyMap<string, RunRecord>,
  { split = "test", bins = 15, resamples = 2000, seed = 0 }: ResultsOptions,
): Promise<CellFigures> {
  const options = { split, bins, seed, resamples: Math.min(resamples, MOST_RESAMPLES) };
  const series = rows.slice(0, MOST_COLOURS).map((row, i): Series => {
    const folders = row.folders.slice(0, MOST_SEEDS);
    const records = folders.map((folder) => byFolder.get(resolve(folder))!);
    return { label: row.shortLabel, colour: colourOf(i), row, records };
  });
  const outcomes: Outcome[] = [];
  for (const one of series) outcomes.push(await outcomeOf(one, options));
  const figures = [
    trainingCurves(series),
    reliabilityDiagrams(outcomes),
    confidenceDistributions(outcomes),
    riskCoverageCurves(outcomes),
    uncertaintyPlane(series),
    temperatureMap(rows),
    await generationCurves(rows, byFolder, options.split),
    costBars(series),
  ];
  return {
    figures: figures.filter((figure) => figure !== undefined),
    outcomes,
    leftOut: rows.slice(MOST_COLOURS).map(({ shortLabel }) => shortLabel),
  };
}
