import type { ReliabilityBin } from "@sd/metrics";
import { PLAIN_COLOUR, SCALED_COLOUR } from "./colours.ts";
import type { Outcome } from "./outcomes.ts";
import type { Figure } from "./render.ts";

const WIDTH = 190;
const UNIT = { domain: [0, 1] };
const TICKS = { values: [0, 0.25, 0.5, 0.75, 1], format: ".2~f" };

const filled = (bins: readonly ReliabilityBin[]): object[] =>
  bins.filter(({ count }) => count > 0).map((bin) => ({ ...bin }));

const bars = (values: object[]): object => ({
  data: { values },
  mark: { type: "rect", color: PLAIN_COLOUR, opacity: 0.75 },
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

const counts = (values: object[]): object => ({
  width: WIDTH,
  height: 60,
  data: { values },
  mark: { type: "rect", color: PLAIN_COLOUR, opacity: 0.75 },
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

const panel = ({ label, plain, scaled }: Outcome): object => ({
  title: { text: label, anchor: "middle" },
  spacing: 8,
  vconcat: [
    {
      width: WIDTH,
      height: WIDTH,
      layer: [bars(filled(plain)), diagonal, ...(scaled ? [points(filled(scaled))] : [])],
    },
    counts(filled(plain)),
  ],
});

/** Accuracy by confidence with the counts, before and after temperature scaling, one panel a method. */
export function reliabilityDiagrams(outcomes: readonly Outcome[]): Figure {
  const scaled = outcomes.some((outcome) => outcome.scaled);
  return {
    id: "reliability",
    title: "Reliability",
    description: `Accuracy in bins of confidence, one panel a method: ${outcomes.map(({ label }) => label).join(", ")}. The numbers are in the table below the figure.`,
    caption: `Blue bars: accuracy of the test images in each bin of confidence, as trained; below, how many they are (square-root scale). ${scaled ? "Orange points: mean confidence and accuracy of each bin after temperature scaling fitted on validation data. " : ""}Dashed: perfect calibration. Bars below the dashed line are overconfident, bars above underconfident.`,
    spec: { columns: 4, spacing: 24, concat: outcomes.map(panel) },
  };
}
