import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planStudy, type StudySpec } from "../src/plan.ts";
import { fingerprint } from "../src/run-name.ts";

const plain = { label: "plain", settings: { method: "cross-entropy" } };
const spec: StudySpec = {
  name: "small",
  settings: { epochs: 2, data: { noise: 0 } },
  variants: [
    plain,
    { label: "distilled", settings: { method: "distillation" }, generations: 2, baseline: plain },
  ],
  grid: { "data.noise": [0, 0.4] },
  seeds: [0, 1],
};

describe("planStudy", () => {
  const { runs } = planStudy(spec);

  it("plans methods × grid × seeds, and the shared baseline once", () => {
    // Per seed and cell: the baseline, and two students.
    expect(runs).toHaveLength(2 * 2 * 3);
    expect(new Set(runs.map(({ name }) => name)).size).toBe(runs.length);
  });

  it("chains generations: each needs the one before, of its own seed and cell", () => {
    for (const run of runs.filter(({ generation }) => generation > 0)) {
      const [teacher] = runs.filter(({ name }) => name === run.after[0]);
      expect(teacher).toMatchObject({ seed: run.seed, generation: run.generation - 1 });
      expect(teacher!.settings.data).toEqual(run.settings.data);
      expect(run.settings.teacher).toBe(teacher!.name);
      expect(runs.indexOf(teacher!)).toBeLessThan(runs.indexOf(run));
    }
  });

  it("finishes one seed before the next", () => {
    expect(runs.map(({ seed }) => seed)).toEqual([...Array(6).fill(0), ...Array(6).fill(1)]);
  });

  it("gives a run the same name in a larger study", () => {
    const larger = planStudy({
      ...spec,
      grid: { "data.noise": [0, 0.2, 0.4] },
      seeds: [2, 1, 0],
      variants: [...spec.variants, { label: "more", settings: { method: "other" } }],
    });
    const names = larger.runs.map(({ name }) => name);
    for (const { name } of runs) expect(names).toContain(name);
  });

  it("lets `resolve` fill in defaults, and names runs by the whole", () => {
    const resolve = (settings: object) => ({ batchSize: 64, ...settings });
    const implied = planStudy(spec, { resolve });
    const said = planStudy({ ...spec, settings: { ...spec.settings, batchSize: 64 } }, { resolve });
    expect(said.runs.map(({ name }) => name)).toEqual(implied.runs.map(({ name }) => name));
    expect(implied.runs[0]!.settings.batchSize).toBe(64);
    expect(implied.runs[0]!.name).not.toBe(runs[0]!.name);
  });

  it.each<[string, Partial<StudySpec>]>([
    ["no seeds", { seeds: [] }],
    ["no variants", { variants: [] }],
    ["no value", { grid: { epochs: [] } }],
    ["expected a non-negative integer, got -1", { variants: [{ ...plain, generations: -1 }] }],
    [
      "would have up to 800000 runs",
      { grid: { a: Array.from({ length: 1000 }, (_, i) => i), b: Array.from({ length: 100 }) } },
    ],
    ["no path of settings", { grid: { "a..b": [1] } }],
  ])("refuses: %s", (message, change) => {
    expect(() => planStudy({ ...spec, ...change })).toThrow(message);
  });
});

describe("fingerprint", () => {
  it("does not see the order of fields, and sees every value", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (settings) => {
        const turned = Object.fromEntries(Object.entries(settings).reverse());
        expect(fingerprint(turned)).toBe(fingerprint(settings));
        expect(fingerprint({ ...settings, "another one": true })).not.toBe(
          fingerprint({ ...settings, "another one": false }),
        );
      }),
    );
  });

  it("sees the order of a list", () => {
    expect(fingerprint({ a: [1, 2] })).not.toBe(fingerprint({ a: [2, 1] }));
  });
});
