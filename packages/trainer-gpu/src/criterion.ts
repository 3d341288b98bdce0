// Which of two epochs is better.

/** What epochs are judged by, on the validation set. */
export type Criterion = "accuracy" | "nll";

/** When training ends before its last epoch. */
export interface EarlyStopping {
  /** How many epochs in a row may bring no improvement. At least 1. */
  readonly patience: number;
  /** @defaultValue what the best epoch is chosen by */
  readonly metric?: Criterion;
  /** An improvement of no more than this is none. @defaultValue 0 */
  readonly minDelta?: number;
}

/** The name in an epoch's metrics, and the sign that makes larger better. */
const CRITERIA: Readonly<Record<Criterion, { metric: string; sign: 1 | -1 }>> = {
  accuracy: { metric: "validationAccuracy", sign: 1 },
  nll: { metric: "validationNll", sign: -1 },
};

/** The criteria by name. */
export const criteria: readonly string[] = Object.keys(CRITERIA);

type Numbers = Readonly<Record<string, number>>;

/** What an epoch is judged by. */
export const scoreOf = (criterion: Criterion, metrics: Numbers): number =>
  metrics[CRITERIA[criterion].metric]!;

/** Whether `score` is better than `reference` by more than `minDelta`; anything is better than nothing, or than NaN. */
export function improves(
  criterion: Criterion,
  score: number,
  reference: number | undefined,
  minDelta = 0,
): boolean {
  if (reference === undefined || Number.isNaN(reference)) return true;
  return CRITERIA[criterion].sign * (score - reference) > minDelta;
}
