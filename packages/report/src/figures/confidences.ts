import { type Figure, listed } from "./figure.ts";
import { HISTOGRAM_BINS, type Outcome } from "./outcomes.ts";
import { titleLines } from "./scales.ts";

const binsOf = ({ histogram }: Outcome): { lower: number; upper: number; share: number }[] =>
  histogram.map((share, b) => ({
    lower: b / HISTOGRAM_BINS,
    upper: (b + 1) / HISTOGRAM_BINS,
    share,
  }));

const rounded = (x: number): string =>
  Number.isFinite(x) ? x.toFixed(3).replace("-", "−") : String(x);

const spreadOf = ({ series }: Outcome): { h: string; variance: string } => ({
  h: rounded(series.row.metrics.confidenceDiversity.value),
  variance: rounded(series.row.metrics.confidenceVariance.value),
});

/** Histograms of the probability of the true class, one panel a method on common scales. */
export function confidenceDistributions(outcomes: readonly Outcome[]): Figure {
  const top = Math.max(...outcomes.flatMap(({ histogram }) => histogram));
  return {
    id: "confidences",
    title: "Confidence in the true class",
    description: `Histograms of the probability of the true class over the test images, one panel a method: ${listed(
      outcomes.map((outcome) => {
        const { h, variance } = spreadOf(outcome);
        return `${outcome.series.label} (entropy ${h}, variance ${variance})`;
      }),
    )}.`,
    caption:
      "Share of the test images by the probability that the network gives to their true class (square-root scale). h is the differential entropy of that probability in nats (confidence diversity), var its variance.",
    spec: {
      columns: 4,
      spacing: 24,
      concat: outcomes.map((outcome) => ({
        title: {
          text: titleLines(outcome.series.label),
          subtitle: `h = ${spreadOf(outcome).h}, var = ${spreadOf(outcome).variance}`,
          anchor: "middle",
        },
        width: 190,
        height: 150,
        data: { values: binsOf(outcome) },
        mark: { type: "rect", color: outcome.series.colour, opacity: 0.85 },
        encoding: {
          x: {
            field: "lower",
            type: "quantitative",
            scale: { domain: [0, 1] },
            axis: { values: [0, 0.25, 0.5, 0.75, 1], format: ".2~f" },
            title: "probability of the true class",
          },
          x2: { field: "upper" },
          y: {
            field: "share",
            type: "quantitative",
            scale: { type: "sqrt", domain: [0, top] },
            axis: { format: "~%", tickCount: 5 },
            title: "images",
          },
          y2: { datum: 0 },
        },
      })),
    },
    table: {
      columns: ["method", "probability from", "to", "share of the images"],
      rows: outcomes.flatMap((outcome) =>
        binsOf(outcome).map(({ lower, upper, share }) => [
          ...[outcome.series.label, lower, upper, share],
        ]),
      ),
    },
  };
}
