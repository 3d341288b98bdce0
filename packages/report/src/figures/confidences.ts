import { colourOf } from "./colours.ts";
import type { Outcome } from "./outcomes.ts";
import type { Figure } from "./render.ts";

const BINS = 25;

function histogram({ confidences, rows }: Outcome): object[] {
  const counts = new Array<number>(BINS).fill(0);
  for (const c of confidences) counts[Math.min(BINS - 1, Math.floor(c * BINS))]!++;
  return counts.map((count, b) => ({
    lower: b / BINS,
    upper: (b + 1) / BINS,
    share: count / rows,
  }));
}

const rounded = (x: number): string =>
  Number.isFinite(x) ? x.toFixed(3).replace("-", "−") : String(x);

/** Histograms of the probability of the true class, one panel a method on common scales. */
export function confidenceDistributions(outcomes: readonly Outcome[]): Figure {
  const histograms = outcomes.map(histogram);
  const top = Math.max(...histograms.flat().map((bin) => (bin as { share: number }).share));
  return {
    id: "confidences",
    title: "Confidence in the true class",
    description: `Histograms of the probability of the true class over the test images, one panel a method: ${outcomes
      .map(
        ({ label, diversity, variance }) =>
          `${label}, entropy ${rounded(diversity)}, variance ${rounded(variance)}`,
      )
      .join("; ")}.`,
    caption:
      "Share of the test images by the probability that the network gives to their true class (square-root scale). h is the differential entropy of that probability in nats (confidence diversity), var its variance.",
    spec: {
      columns: 4,
      spacing: 24,
      concat: outcomes.map((outcome, i) => ({
        title: {
          text: outcome.label,
          subtitle: `h = ${rounded(outcome.diversity)}, var = ${rounded(outcome.variance)}`,
          anchor: "middle",
        },
        width: 190,
        height: 150,
        data: { values: histograms[i] },
        mark: { type: "rect", color: colourOf(i), opacity: 0.85 },
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
  };
}
