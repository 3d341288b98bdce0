// How much a page grows that imports from a pure package: bundled, minified, compressed.
import { gzipSync } from "node:zlib";
import { describe, expect, inject, test } from "vitest";
import { bundle } from "./bundle.ts";
import { entriesOf, isPure, packages } from "./consumer.ts";

const folder = inject("consumer");

async function compressedSize(contents: string): Promise<number> {
  return gzipSync(await bundle(folder, contents, { format: "esm", minify: true })).length;
}

/** Bytes, about a tenth above what was measured; but 20 kB is what all of the metrics may cost. */
const BUDGETS: Readonly<Record<string, number>> = {
  "@sd/math": 2_750,
  "@sd/math/special": 3_050,
  "@sd/math/random": 3_900,
  "@sd/math/kernels": 1_570,
  "@sd/math/simd": 8_200,
  "@sd/losses": 8_600,
  "@sd/losses/kernels": 2_900,
  "@sd/priors": 8_000,
  "@sd/priors/kernels": 670,
  "@sd/metrics": 17_400,
  "@sd/beta-smoothing": 5_000,
};

describe("everything of an entry stays within its budget", () => {
  for (const specifier of packages.filter(isPure).flatMap(entriesOf)) {
    test(specifier, async () => {
      const size = await compressedSize(`export * from "${specifier}"`);
      expect(size, "give the new entry a budget").toBeLessThanOrEqual(BUDGETS[specifier] ?? 0);
      expect(size, "lower the budget").toBeGreaterThan(0.75 * BUDGETS[specifier]!);
    });
  }

  test("all of the metrics: 20 kB", () => {
    expect(BUDGETS["@sd/metrics"]).toBeLessThanOrEqual(20_000);
  });
});

describe("one function brings along only what it needs", () => {
  for (const name of [
    "softmaxCrossEntropy",
    "softmaxCrossEntropyValueAndGrad",
    "softmaxCrossEntropyWithSoftTargets",
    "softmaxCrossEntropyWithSoftTargetsValueAndGrad",
  ]) {
    test(`${name}: 1.5 kB`, async () => {
      const size = await compressedSize(`export { ${name} } from "@sd/losses"`);
      expect(size).toBeLessThanOrEqual(1_500);
      expect(size).toBeGreaterThan(500);
    });
  }

  test("the SIMD kernels come with their own entry only", async () => {
    const others = packages
      .filter(isPure)
      .flatMap(entriesOf)
      .filter((name) => name !== "@sd/math/simd");
    const lines = others.map((name, i) => `export * as m${i} from "${name}";`);
    const text = await bundle(folder, lines.join("\n"), { format: "esm" });
    // How every WebAssembly module begins, in base64.
    const beginning = btoa("\0asm\x01\0").slice(0, 7);
    expect(text).not.toContain(beginning);
    expect(await bundle(folder, 'export * from "@sd/math/simd";', { format: "esm" })).toContain(
      beginning,
    );
  });
});
