import { createRng } from "@sd/math/random";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomCrop } from "../../src/index.ts";
import { countingImage, rngs, sizes } from "./images.ts";

describe("randomCrop", () => {
  test("is a shift by at most the padding, with the fill where nothing is", () => {
    fc.assert(
      fc.property(sizes, rngs, fc.nat(12), (size, rng, padding) => {
        const [h, w, c] = size;
        const image = countingImage(size);
        const out = randomCrop({ padding, fill: 0 }).apply(image, size, rng);
        const shifted = (dy: number, dx: number): Uint8Array =>
          Uint8Array.from({ length: h * w * c }, (_, i) => {
            const [y, x] = [Math.floor(i / c / w) + dy, (Math.floor(i / c) % w) + dx];
            const inside = y >= 0 && y < h && x >= 0 && x < w;
            return inside ? image[(y * w + x) * c + (i % c)]! : 0;
          });
        const side = Array.from({ length: 2 * padding + 1 }, (_, d) => d - padding);
        const all = side.flatMap((dy) => side.map((dx) => shifted(dy, dx).join()));
        expect(all).toContain(out.join());
      }),
      { numRuns: 40 },
    );
  });

  test("all shifts are drawn, equally often", () => {
    const counts = new Map<string, number>();
    const crop = randomCrop({ padding: 1 });
    for (let seed = 0; seed < 1800; seed++) {
      const key = crop.apply(countingImage([3, 3, 1]), [3, 3, 1], createRng(seed)).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(9);
    // Four deviations of a binomial of 1800 at 1/9.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(54);
  });

  test("does not change its input, and without padding nothing", () => {
    const image = countingImage([4, 4, 3]);
    const before = image.slice();
    randomCrop().apply(image, [4, 4, 3], createRng(1));
    expect(image).toEqual(before);
    expect(randomCrop({ padding: 0 }).apply(image, [4, 4, 3], createRng(1))).toEqual(image);
  });

  test("a fill of one byte a channel", () => {
    const crop = randomCrop({ padding: 50, fill: [7, 8] });
    const out = crop.apply(Uint8Array.of(1, 2), [1, 1, 2], createRng(3));
    expect([...out]).toEqual([7, 8]);
  });

  test.each([
    [() => randomCrop({ padding: -1 }), "padding"],
    [() => randomCrop({ padding: 1.5 }), "padding"],
    [() => randomCrop({ fill: 256 }), "fill"],
    [() => randomCrop({ fill: [0, 0.5] }), "fill"],
    [() => randomCrop({ fill: [0, 0] }).apply(new Uint8Array(3), [1, 1, 3], createRng(0)), "fill"],
  ])("refuses %s", (call, argument) => {
    expect(call).toThrow(`expected \`${argument}\``);
  });
});
