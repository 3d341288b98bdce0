let row: Float64Array = new Float64Array(0);

/**
 * A row of float64 that a kernel may use until it returns.
 *
 * It keeps `exp` from being taken twice and a Float32 output from being rounded twice; it is shared,
 * which is safe because kernels never call back into user code.
 */
export function scratchRow(k: number): Float64Array {
  if (row.length < k) row = new Float64Array(Math.max(k, 2 * row.length));
  return row;
}
