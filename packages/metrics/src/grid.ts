// What sums on a grid of confidence cells say about metrics that need the rows' order: each cell is
// taken for a tie at its mean confidence.
import { type BinSums, eceOf } from "./bin-sums.ts";
import { edgesBetweenParts, sumsBetween } from "./equal-mass.ts";
import { rocArea } from "./ranking.ts";
import { type RiskCoverage, riskCoverageOf } from "./risk-coverage.ts";
import { smoothErrorOf } from "./smooth.ts";

/** The sums of the cells that hold rows, in ascending order of confidence. */
function filled({ count, confidence, correct }: BinSums): BinSums & { centre: Float64Array } {
  const cells = Array.from(count.keys()).filter((cell) => count[cell]! > 0);
  const pick = (values: Float64Array) => Float64Array.from(cells, (cell) => values[cell]!);
  const sums = { count: pick(count), confidence: pick(confidence), correct: pick(correct) };
  return { ...sums, centre: sums.confidence.map((sum, i) => sum / sums.count[i]!) };
}

export function equalMassOfGrid(sums: BinSums, bins: number): number {
  const cells = filled(sums);
  const n = cells.count.reduce((a, b) => a + b, 0);
  let [cell, end] = [0, 0];
  // The ranks are asked for in ascending order.
  const at = (rank: number): number => {
    while (end + cells.count[cell]! <= rank) end += cells.count[cell++]!;
    return cells.centre[cell]!;
  };
  return eceOf(sumsBetween(edgesBetweenParts(at, n, bins), cells.centre, cells));
}

export function smoothErrorOfGrid(sums: BinSums): number {
  const { centre, confidence, correct, count } = filled(sums);
  const n = count.reduce((a, b) => a + b, 0);
  return smoothErrorOf(
    centre,
    confidence.map((sum, i) => (sum - correct[i]!) / n),
  );
}

const descending = ({ count, correct }: BinSums): { positives: number; negatives: number }[] =>
  Array.from(count, (rows, cell) => ({
    positives: correct[cell]!,
    negatives: rows - correct[cell]!,
  })).reverse();

export const riskCoverageOfGrid = (sums: BinSums): RiskCoverage => riskCoverageOf(descending(sums));

export const rocAreaOfGrid = (sums: BinSums): number => rocArea(descending(sums));
