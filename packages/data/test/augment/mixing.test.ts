import { createRng } from "@sd/math/random";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutMix, mixup } from "../../src/index.ts";
import { rngs, sizes } from "./images.ts";

const alphas = fc.double({ min: 0.05, max: 8, noNaN: true });

describe("mixup", () => {
  test("lies between the two images at λ", () => {
    fc.assert(
      fc.property(sizes, rngs, alphas, (size, rng, alpha) => {
        const n = size[0] * size[1] * size[2];
        const own = Float32Array.from({ length: n }, (_, i) => i);
        const other = Float32Array.from({ length: n }, (_, i) => -2 * i);
        const share = mixup({ alpha }).mix(own, other, size, rng);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        const expected = Array.from(own, (_, i) => share * i - 2 * (1 - share) * i);
        expect(own).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-4 });
      }),
    );
  });

  test("λ is Beta(α, α): mean ½, variance 1/(4 (2α + 1))", () => {
    const shares = Array.from({ length: 4000 }, (_, seed) =>
      mixup({ alpha: 0.4 }).mix(
        new Float32Array(1),
        new Float32Array(1),
        [1, 1, 1],
        createRng(seed),
      ),
    );
    const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
    const variance = shares.reduce((a, b) => a + (b - mean) ** 2, 0) / shares.length;
    // Four standard errors.
    expect(mean).toBeAllclose(0.5, { atol: 0.024 });
    expect(variance).toBeAllclose(1 / 7.2, { atol: 0.007 });
  });
});

describe("CutMix", () => {
  test("λ is the share of the pixels that stay, and the others are one box", () => {
    fc.assert(
      fc.property(sizes, rngs, alphas, (size, rng, alpha) => {
        const [h, w, c] = size;
        const own = new Float32Array(h * w * c);
        const other = new Float32Array(h * w * c).fill(1);
        const share = cutMix({ alpha }).mix(own, other, size, rng);
        const cut = own.reduce((a, b) => a + b, 0) / c;
        expect(share).toBeAllclose(1 - cut / (h * w), { atol: 1e-12 });
        const rows = new Set<string>();
        for (let y = 0; y < h; y++) {
          const row = own.subarray(y * w * c, (y + 1) * w * c).join("");
          if (row.includes("1")) rows.add(row);
        }
        // All rows that the box crosses are alike, and it is unbroken in them.
        expect(rows.size).toBeLessThanOrEqual(1);
        for (const row of rows) expect(row).toMatch(/^0*1+0*$/);
      }),
    );
  });

  test("takes the other image's own pixels in place", () => {
    const own = new Float32Array(36);
    const other = Float32Array.from({ length: 36 }, (_, i) => i + 1);
    cutMix().mix(own, other, [6, 6, 1], createRng(4));
    own.forEach((value, i) => {
      expect([0, i + 1]).toContain(value);
    });
  });
});

test.each([0, -1, Number.NaN])("both refuse an alpha of %d", (alpha) => {
  for (const mixing of [mixup, cutMix]) {
    expect(() => mixing({ alpha })).toThrow("expected `alpha`");
  }
});
