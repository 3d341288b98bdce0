// Two float64 lanes at a time. AssemblyScript, not TypeScript: `v128` and `f64x2` are its builtins.

// The Taylor terms (ln 2)^i / i! of 2^f.
const C1: f64 = Math.LN2;
const C2: f64 = (C1 * Math.LN2) / 2;
const C3: f64 = (C2 * Math.LN2) / 3;
const C4: f64 = (C3 * Math.LN2) / 4;
const C5: f64 = (C4 * Math.LN2) / 5;
const C6: f64 = (C5 * Math.LN2) / 6;
const C7: f64 = (C6 * Math.LN2) / 7;

// In memory, because engines build a v128 literal anew, by several instructions, at each use.
const TAYLOR: usize = memory.data<f64>([1, C1, C2, C3, C4, C5, C6, C7], 16);

// 1.5 · 2^52 pushes a fraction out of a float64, 1023 is the bias of its exponent.
const MAGIC: usize = memory.data<f64>([6755399441055744 + 1023], 16);
const LOWEST: usize = memory.data<f64>([-1023], 16);

// Decorators are allowed on methods only, and without @inline each exponential would be a call.
// biome-ignore lint/complexity/noStaticOnlyClass: a plain function cannot carry @inline
export class Lanes {
  /**
   * `2^y` for y ≤ 1024, within 8e-9 of its value; 0 below `2^−1022.5`, NaN for NaN.
   *
   * y = n + f with |f| ≤ ½. The terms through f^7 give 2^f; the low bits of y + MAGIC hold
   * n + 1023, the exponent field of 2^n.
   */
  @inline
  static exp2(y: v128): v128 {
    const magic = v128.load64_splat(MAGIC);
    // pmax(a, b) is b where a < b, so that a NaN passes; −1023 makes the exponent field 0.
    const clamped = f64x2.pmax(y, v128.load64_splat(LOWEST));
    const shifted = f64x2.add(clamped, magic);
    const f = f64x2.sub(clamped, f64x2.sub(shifted, magic));
    const f2 = f64x2.mul(f, f);
    const low = f64x2.add(Lanes.terms(0, f), f64x2.mul(f2, Lanes.terms(2, f)));
    const high = f64x2.add(Lanes.terms(4, f), f64x2.mul(f2, Lanes.terms(6, f)));
    const fraction = f64x2.add(low, f64x2.mul(f64x2.mul(f2, f2), high));
    return f64x2.mul(fraction, i64x2.shl(shifted, 52));
  }

  /** The Taylor coefficients i and i + 1: `c_i + c_{i+1} f`. */
  @inline
  static terms(i: usize, f: v128): v128 {
    const at = TAYLOR + (i << 3);
    return f64x2.add(v128.load64_splat(at), f64x2.mul(v128.load64_splat(at + 8), f));
  }

  /** The sum of both lanes. */
  @inline
  static sum(v: v128): f64 {
    return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
  }

  /** Keeps the lanes of `v` whose lane of `by` is not 0, and makes the others 0, NaN or not. */
  @inline
  static whereNonZero(by: v128, v: v128): v128 {
    return v128.and(v, f64x2.ne(by, f64x2.splat(0)));
  }
}
