/** What one call of an operation took. */
export interface Timing {
  readonly operation: string;
  readonly milliseconds: number;
}

/** All calls of one operation in a step. */
export interface ProfileRow {
  /** TensorFlow's name of the operation, or the name of tfjs's kernel where steps are called. */
  readonly operation: string;
  readonly count: number;
  /** Of all calls together. */
  readonly milliseconds: number;
  /** Of the milliseconds of all operations, between 0 and 1. */
  readonly share: number;
}

/**
 * A row for each operation, the slowest first. Of several passes each operation's median counts.
 */
export function profileRows(passes: readonly (readonly Timing[])[]): ProfileRow[] {
  const totals = passes.map(totalsOf);
  const rows = [...(totals[0] ?? [])].map(([operation, { count }]) => {
    const times = totals.map((total) => total.get(operation)?.milliseconds ?? 0);
    return { operation, count, milliseconds: median(times) };
  });
  const sum = rows.reduce((total, { milliseconds }) => total + milliseconds, 0);
  return rows
    .sort((a, b) => b.milliseconds - a.milliseconds)
    .map((row) => ({ ...row, share: sum === 0 ? 0 : row.milliseconds / sum }));
}

function totalsOf(
  timings: readonly Timing[],
): Map<string, { count: number; milliseconds: number }> {
  const totals = new Map<string, { count: number; milliseconds: number }>();
  for (const { operation, milliseconds } of timings) {
    const before = totals.get(operation) ?? { count: 0, milliseconds: 0 };
    const total = { count: before.count + 1, milliseconds: before.milliseconds + milliseconds };
    totals.set(operation, total);
  }
  return totals;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
