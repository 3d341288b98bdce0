// The figures that are drawn from rows of results alone.
import { describe, expect, test } from "vitest";
import { metricsBySetting } from "../../src/figures/by-setting.ts";
import { chainsOf } from "../../src/figures/chains.ts";
import { costBars } from "../../src/figures/cost.ts";
import type { Series } from "../../src/figures/figure.ts";
import { generationCurves } from "../../src/figures/generations.ts";
import { uncertaintyPlane } from "../../src/figures/plane.ts";
import { titleLines } from "../../src/figures/scales.ts";
import { temperatureMap } from "../../src/figures/temperature-map.ts";
import { METRICS, type ResultRow } from "../../src/index.ts";
import { resultCells } from "../../src/result-cells.ts";

interface Few {
  readonly label: string;
  readonly generation?: number;
  readonly options?: object;
  readonly baseline?: boolean;
  readonly rate?: number;
  readonly values?: Readonly<Record<string, number>>;
}

function row({
  label,
  generation = 0,
  options = {},
  baseline = false,
  rate,
  values = {},
}: Few): ResultRow {
  const details = [
    ...Object.entries(options).map(([name, value]) => ({ name, value })),
    ...(generation > 0 ? [{ name: "generation", value: generation }] : []),
  ];
  const shortLabel = [label, ...details.map(({ value }) => value)].join(" ");
  return {
    ...{ label: shortLabel, shortLabel, methodLabel: label, details, method: label, options },
    ...{
      generation,
      baseline,
      cell: rate === undefined ? [] : [{ name: "noise rate", value: rate }],
    },
    ...{ seeds: [0], folders: [], intervals: "bootstrap", temperatures: [], images: 1, classes: 2 },
    metrics: Object.fromEntries(
      METRICS.map(({ name }) => [name, { value: values[name] ?? Number.NaN, separate: false }]),
    ) as unknown as ResultRow["metrics"],
  };
}

const series = (rows: readonly ResultRow[]): Series[] =>
  rows.map((one) => ({ label: one.shortLabel, colour: "#000000", row: one, records: [] }));

const CE = row({
  label: "ce",
  baseline: true,
  values: { accuracy: 0.5, predictiveUncertainty: 1, confidenceDiversity: -1 },
});
const sd = (generation: number, temperature: number, accuracy: number): ResultRow =>
  row({
    ...{ label: "sd", generation, options: { temperature } },
    values: { accuracy, predictiveUncertainty: 1 + generation, confidenceDiversity: -generation },
  });
const ALL = [CE, sd(2, 4, 0.7), sd(1, 4, 0.6), sd(1, 1, 0.55)];

test("chains go from the baseline through the generations, one an option", () => {
  expect(
    chainsOf(ALL).map(({ label, rows }) => [label, rows.map(({ generation }) => generation)]),
  ).toEqual([
    ["sd (temperature 4)", [0, 1, 2]],
    ["sd (temperature 1)", [0, 1]],
  ]);
});

describe("by generation", () => {
  test("only methods with two students in a row", async () => {
    const figure = await generationCurves(ALL, new Map(), "test");
    const accuracies = figure!.table.rows.filter(([metric]) => metric === "accuracy");
    expect(accuracies.map((line) => line.slice(1, 4))).toEqual([
      ["sd (temperature 4)", 0, 0.5],
      ["sd (temperature 4)", 1, 0.6],
      ["sd (temperature 4)", 2, 0.7],
    ]);
    expect(await generationCurves([CE, sd(1, 4, 0.6)], new Map(), "test")).toBeUndefined();
  });
});

describe("method and temperature", () => {
  test("a tile a method and temperature, generations apart", () => {
    const figure = temperatureMap(ALL)!;
    expect(figure.table.rows).toEqual([
      ["sd (generation 1)", "4", "accuracy", 0.6],
      ["sd (generation 1)", "1", "accuracy", 0.55],
    ]);
    expect(JSON.stringify(figure.spec)).toContain('"text":"60.00"');
  });

  test("none for one temperature", () => {
    expect(temperatureMap([CE, sd(1, 4, 0.6), sd(2, 4, 0.7)])).toBeUndefined();
  });
});

describe("uncertainty and diversity", () => {
  test("a point a method and generation", () => {
    const figure = uncertaintyPlane(series(ALL))!;
    expect(figure.table.rows).toEqual([
      ["ce", 0, 1, -1],
      ["sd 4 2", 2, 3, -2],
      ["sd 4 1", 1, 2, -1],
      ["sd 1 1", 1, 2, -1],
    ]);
    expect(figure.description).toContain("sd 4 2 (3.000, −2.000)");
  });

  test("none for a single point", () => {
    expect(uncertaintyPlane(series([CE]))).toBeUndefined();
  });
});

describe("by setting", () => {
  const grid = [0, 0.2, 0.4].map((rate) =>
    row({ label: "ce", baseline: true, rate, values: { accuracy: 1 - rate } }),
  );

  test("numbers are a scale", () => {
    const figure = metricsBySetting(resultCells(grid))!;
    expect(figure.title).toBe("By noise rate");
    expect(figure.table.rows.map((line) => line.slice(1, 4))).toEqual([
      ["ce", 0, 1],
      ["ce", 0.2, 0.8],
      ["ce", 0.4, 0.6],
    ]);
    expect(metricsBySetting(resultCells(grid.slice(0, 1)))).toBeUndefined();
  });

  test("what is not drawn is said", () => {
    const many = Array.from({ length: 15 }, (_, i) =>
      Array.from({ length: 10 }, (_, m) =>
        row({ label: `m${m}`, rate: i / 100, values: { accuracy: 0.5 } }),
      ),
    ).flat();
    const figure = metricsBySetting(resultCells(many))!;
    expect(figure.caption).toContain("Not drawn: 2 methods and 3 settings.");
    expect(figure.table.rows).toHaveLength(8 * 12);
  });
});

test("cost has a bar a method, and none where nothing is known", () => {
  const rows = [
    row({ label: "ce", values: { trainingTime: 7.5, imagesPerSecond: 1000 } }),
    row({ label: "b" }),
  ];
  expect(costBars(series(rows))!.table.rows).toEqual([
    ["ce", "training time, s", 7.5],
    ["ce", "training images a second", 1000],
  ]);
  expect(costBars(series([row({ label: "b" })]))).toBeUndefined();
});

test("titles break between words", () => {
  expect(titleLines("self-distillation (temperature 4, generation 2)")).toEqual([
    "self-distillation (temperature",
    "4, generation 2)",
  ]);
  expect(titleLines("short")).toEqual(["short"]);
});
