import { PLAIN_COLOUR, SCALED_COLOUR } from "./colours.ts";
import { type Figure, listed } from "./figure.ts";
import type { BandedBin, Outcome } from "./outcomes.ts";
import { titleLines } from "./scales.ts";

const WIDTH = 190;
const UNIT = { domain: [0, 1] };
const TICKS = { values: [0, 0.25, 0.5, 0.75, 1], format: ".2~f" };

const filled = (bins: readonly BandedBin[]): object[] =>
  bins
    .filter(({ count }) => count > 0)
    .map(({ low, high, ...bin }) => (Number.isNaN(low) ? bin : { ...bin, low, high }));

const bars = (values: object[]): object => ({
  data: { values },
  mark: { type: "rect", color: PLAIN_COLOUR, opacity: 0.4 },
  encoding: {
    x: {
      field: "lower",
      type: "quantitative",
      scale: UNIT,
      axis: { ...TICKS, labels: false, title: null },
    },
    x2: { field: "upper" },
    y: { field: "accuracy", type: "quantitative", scale: UNIT, axis: TICKS, title: "accuracy" },
    y2: { datum: 0 },
  },
});

const band = (values: object[]): object => ({
  data: { values },
  mark: { type: "rect", color: PLAIN_COLOUR, opacity: 0.6 },
  encoding: {
    x: { field: "lower", type: "quantitative", scale: UNIT },
    x2: { field: "upper" },
    y: { field: "low", type: "quantitative", scale: UNIT },
    y2: { field: "high" },
  },
});

const whiskers = (values: object[]): object => ({
  data: { values },
  mark: { type: "rule", color: SCALED_COLOUR, strokeWidth: 1.5 },
  encoding: {
    x: { field: "confidence", type: "quantitative", scale: UNIT },
    y: { field: "low", type: "quantitative", scale: UNIT },
    y2: { field: "high" },
  },
});

const points = (values: object[]): object => ({
  data: { values },
  mark: {
    type: "line",
    color: SCALED_COLOUR,
    strokeWidth: 1,
    point: { color: SCALED_COLOUR, size: 30 },
  },
  encoding: {
    x: { field: "confidence", type: "quantitative", scale: UNIT },
    y: { field: "accuracy", type: "quantitative", scale: UNIT },
  },
});

const diagonal: object = {
  data: { values: [0, 1].map((v) => ({ v })) },
  mark: { type: "line", color: "currentColor", strokeDash: [4, 3], strokeWidth: 1, opacity: 0.7 },
  encoding: {
    x: { field: "v", type: "quantitative", scale: UNIT },
    y: { field: "v", type: "quantitative", scale: UNIT },
  },
};

const counts = (values: object[], mark: object): object => ({
  data: { values },
  mark,
  encoding: {
    x: { field: "lower", type: "quantitative", scale: UNIT, axis: TICKS, title: "confidence" },
    x2: { field: "upper" },
    y: {
      field: "count",
      type: "quantitative",
      scale: { type: "sqrt" },
      title: "images",
      axis: { tickCount: 3, format: ",d" },
    },
    y2: { datum: 0 },
  },
});

const countPanel = (plain: object[], scaled: object[] | undefined): object => ({
  width: WIDTH,
  height: 60,
  layer: [
    counts(plain, { type: "rect", color: PLAIN_COLOUR, opacity: 0.5 }),
    ...(scaled
      ? [
          counts(scaled, {
            type: "rect",
            filled: false,
            stroke: SCALED_COLOUR,
            strokeWidth: 1.25,
          }),
        ]
      : []),
  ],
});

function panel({ series, plain, scaled }: Outcome): object {
  const [before, after] = [filled(plain), scaled && filled(scaled)];
  const banded = before.some((bin) => "low" in bin);
  return {
    title: { text: titleLines(series.label), anchor: "middle" },
    spacing: 8,
    vconcat: [
      {
        width: WIDTH,
        height: WIDTH,
        layer: [
          bars(before),
          ...(banded ? [band(before)] : []),
          diagonal,
          ...(after ? [...(banded ? [whiskers(after)] : []), points(after)] : []),
        ],
      },
      countPanel(before, after),
    ],
  };
}

const lines = (label: string, state: string, bins: readonly BandedBin[]): (string | number)[][] =>
  bins
    .filter(({ count }) => count > 0)
    .map(({ lower, upper, count, confidence, accuracy, low, high }) => [
      ...[label, state, lower, upper, count, confidence, accuracy, low, high],
    ]);

/** Accuracy by confidence with the counts, before and after temperature scaling, one panel a method. */
export function reliabilityDiagrams(outcomes: readonly Outcome[]): Figure {
  const scaled = outcomes.some((outcome) => outcome.scaled);
  const after =
    "Orange points and outlines: mean confidence and accuracy of each bin, and its images, after temperature scaling fitted on validation data. ";
  return {
    id: "reliability",
    title: "Reliability",
    description: `Accuracy in bins of confidence, one panel a method: ${listed(outcomes.map(({ series }) => series.label))}. The numbers are in the table below the figure.`,
    caption: `Blue bars: accuracy of the test images in each bin of confidence, as trained; below, how many they are (square-root scale). Stronger blue and orange whiskers: 95 % of the accuracies of resampled test images. ${scaled ? after : ""}Dashed: perfect calibration. Bars below the dashed line are overconfident, bars above underconfident.`,
    spec: { columns: 4, spacing: 24, concat: outcomes.map(panel) },
    table: {
      columns: [
        ...["method", "temperature", "confidence above", "up to", "images", "mean confidence"],
        ...["accuracy", "accuracy, 2.5 %", "accuracy, 97.5 %"],
      ],
      rows: outcomes.flatMap(({ series, plain, scaled: after }) => [
        ...lines(series.label, "as trained", plain),
        ...(after ? lines(series.label, "scaled", after) : []),
      ]),
    },
  };
}
