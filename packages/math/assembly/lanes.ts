// Two float64 lanes at a time. AssemblyScript, not TypeScript: `v128` and `f64x2` are its builtins.

// 1 + c_1 f + … + c_6 f^6 is 2^f for |f| ≤ ½ with the least relative error among the polynomials that
// are 1 at 0: 2.0e-9, where the Taylor polynomial of the same degree has 1.2e-7.
// In memory, because engines build a v128 literal anew, by several instructions, at each use.
const COEFFICIENTS: usize = memory.data<f64>(
  [
    1, 0.6931472028563667, 0.2402264791351987, 0.055503324680823814, 0.009618437361344092,
    0.0013398875682001606, 0.0001535336372697814,
  ],
  16,
);

// 1.5 · 2^52 pushes a fraction out of a float64, 1023 is the bias of its exponent.
const MAGIC: usize = memory.data<f64>([6755399441055744 + 1023], 16);
const LOWEST: usize = memory.data<f64>([-1023], 16);

// Decorators are allowed on methods only, and without @inline each exponential would be a call.
// biome-ignore lint/complexity/noStaticOnlyClass: a plain function cannot carry @inline
export class Lanes {
  /**
   * `2^y` for y ≤ 1024, within 2e-9 of its value; 0 below `2^−1022.5`, NaN for NaN.
   *
   * y = n + f with |f| ≤ ½. The polynomial gives 2^f; the low bits of y + MAGIC hold n + 1023, the
   * exponent field of 2^n.
   */
  @inline
  static exp2(y: v128): v128 {
    return Lanes.exp2With(
      y,
      Lanes.magic(),
      Lanes.lowest(),
      Lanes.coefficient(0),
      Lanes.coefficient(1),
      Lanes.coefficient(2),
      Lanes.coefficient(3),
      Lanes.coefficient(4),
      Lanes.coefficient(5),
      Lanes.coefficient(6),
    );
  }

  /** `exp2` for a loop that loads the constants before it starts, which saves it their loads. */
  @inline
  static exp2With(
    y: v128,
    magic: v128,
    lowest: v128,
    c0: v128,
    c1: v128,
    c2: v128,
    c3: v128,
    c4: v128,
    c5: v128,
    c6: v128,
  ): v128 {
    // pmax(a, b) is b where a < b, so that a NaN passes; −1023 makes the exponent field 0.
    const clamped = f64x2.pmax(y, lowest);
    const shifted = f64x2.add(clamped, magic);
    const f = f64x2.sub(clamped, f64x2.sub(shifted, magic));
    // Horner's rule: the fewest instructions. Its latency hides behind the next elements.
    let power = f64x2.add(f64x2.mul(c6, f), c5);
    power = f64x2.add(f64x2.mul(power, f), c4);
    power = f64x2.add(f64x2.mul(power, f), c3);
    power = f64x2.add(f64x2.mul(power, f), c2);
    power = f64x2.add(f64x2.mul(power, f), c1);
    power = f64x2.add(f64x2.mul(power, f), c0);
    return f64x2.mul(power, i64x2.shl(shifted, 52));
  }

  @inline
  static magic(): v128 {
    return v128.load64_splat(MAGIC);
  }

  @inline
  static lowest(): v128 {
    return v128.load64_splat(LOWEST);
  }

  /** The coefficient of f^i. */
  @inline
  static coefficient(i: usize): v128 {
    return v128.load64_splat(COEFFICIENTS + (i << 3));
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
