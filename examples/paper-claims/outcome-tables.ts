// What became of the predictions, as tables.
import type { Outcome } from "./comparison.ts";
import { between, probability, signed, table } from "./markdown.ts";

/** A difference of the measure as people read it. */
const difference = ({ measure: { scale, digits }, difference: value }: Outcome): string =>
  signed(scale * value, digits);

/** An interval of the measure as people read it. */
const ends = (
  { measure: { scale, digits } }: Outcome,
  [low, high]: readonly [number, number],
): string => between([scale * low, scale * high], digits);

/** The outcomes of an experiment. */
export function outcomesTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { claim, words, expected, measure, verdict, seeds, pValue, adjusted } = outcome;
    return [
      claim,
      words,
      `${measure.name}, ${expected}`,
      verdict,
      `${difference(outcome)} ${measure.unit}`,
      ends(outcome, outcome.interval),
      ends(outcome, outcome.overImages),
      String(seeds.length),
      probability(pValue),
      probability(adjusted),
    ];
  });
  const head = [
    ...["", "compared", "predicted", "verdict", "difference", "95 % over seeds"],
    ...["95 % over images", "seeds", "p", "p, Holm"],
  ];
  return table(head, rows, 4);
}

/** Whether the protocol sets no run aside, so that the predictions of all runs are judged by the same ones. */
const nothingAside = (outcomes: readonly Outcome[], explored: readonly Outcome[]): boolean =>
  outcomes.every(({ seeds }, i) => seeds.length === explored[i]!.seeds.length);

/** The predictions of all runs, where these are others than the protocol compares. */
export const exploredTable = (
  outcomes: readonly Outcome[],
  explored: readonly Outcome[],
): string =>
  nothingAside(outcomes, explored)
    ? "No run is set aside: all are compared above."
    : outcomesTable(explored);

/** A difference with its interval, and its p-value. */
function differenceCells(outcome: Outcome): string[] {
  if (Number.isNaN(outcome.difference)) return ["–", "–"];
  const { interval, adjusted } = outcome;
  return [`${difference(outcome)} (${ends(outcome, interval)})`, probability(adjusted)];
}

/** All predictions in one table: by the protocol, and of all runs where these are others. */
export function verdictsTable(outcomes: readonly Outcome[], explored: readonly Outcome[]): string {
  const more = !nothingAside(outcomes, explored);
  const rows = outcomes.map((outcome, i) => {
    const { claim, words, measure, expected, verdict } = outcome;
    return [
      ...[claim, `${measure.name} of ${words}`, expected, verdict],
      ...differenceCells(outcome),
      ...(more ? differenceCells(explored[i]!) : []),
    ];
  });
  const head = ["", "compared", "predicted", "verdict", "difference", "p, Holm"];
  return table([...head, ...(more ? ["of all runs", "p, Holm"] : [])], rows, 4);
}
