import { formatNumber } from "../format-number.ts";
import { METRICS } from "../metric-table.ts";
import { type Figure, listed } from "./figure.ts";
import type { Outcome } from "./outcomes.ts";
import { colourScale } from "./scales.ts";

const AURC = METRICS.find(({ name }) => name === "aurc")!;

const pointsOf = ({ risks }: Outcome): { coverage: number; risk: number }[] =>
  risks.map((risk, j) => ({ coverage: (j + 1) / risks.length, risk }));

/** The error rate among the most confident images, by how many are kept. */
export function riskCoverageCurves(outcomes: readonly Outcome[]): Figure {
  const named = outcomes.map(({ series }) => {
    const area = formatNumber(series.row.metrics.aurc.value, AURC);
    return { ...series, label: `${series.label}, AURC ${area}` };
  });
  const values = outcomes.flatMap((outcome, i) =>
    pointsOf(outcome).map((point) => ({ method: named[i]!.label, ...point })),
  );
  return {
    id: "risk-coverage",
    title: "Risk and coverage",
    description: `Lines of the error rate among the most confident test images by the share of images kept: ${listed(named.map(({ label }) => label))}.`,
    caption:
      "The error rate when only the most confident test images are decided and the others are left to somebody else; mean over seeds. Lower is better; the area below a curve is its AURC.",
    spec: {
      width: 520,
      height: 260,
      data: { values },
      mark: { type: "line", strokeWidth: 2 },
      encoding: {
        x: {
          field: "coverage",
          type: "quantitative",
          title: "coverage: share of the images kept",
          scale: { domain: [0, 1] },
          axis: { format: "~%", grid: false },
        },
        y: {
          field: "risk",
          type: "quantitative",
          title: "risk: error rate among them",
          axis: { format: "~%" },
        },
        color: colourScale(named),
      },
    },
    table: {
      columns: ["method", "coverage", "error rate"],
      rows: outcomes.flatMap((outcome) =>
        pointsOf(outcome).map(({ coverage, risk }) => [outcome.series.label, coverage, risk]),
      ),
    },
  };
}
