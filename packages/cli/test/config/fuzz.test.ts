// Whatever a configuration holds, it is used or refused in words; nothing else ever comes out.
import { StudyError } from "@sd/study";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { checkSource } from "../../src/config/check.ts";
import { runSchema } from "../../src/config/run-schema.ts";
import { Source } from "../../src/config/source.ts";
import { studySchema } from "../../src/config/study-schema.ts";
import { UsageError } from "../../src/errors.ts";
import { planOf } from "../../src/study/plan.ts";

/** Uses a text as a run and as a study; whether it was one. */
function use(text: string): boolean {
  let used = false;
  for (const attempt of [
    () => void checkSource(runSchema, new Source("file.yaml", text)),
    () => {
      const source = new Source("file.yaml", text);
      planOf({ source, settings: checkSource(studySchema, source), base: "." });
    },
  ]) {
    try {
      attempt();
      used = true;
    } catch (error) {
      // A study may be so large that nobody can want it; everything else is told by place.
      if (error instanceof StudyError) continue;
      expect(error).toBeInstanceOf(UsageError);
      expect((error as Error).message).toMatch(/^file\.yaml:\d+:\d+: /);
    }
  }
  return used;
}

const GOOD = `name: a
data: { name: mnist, noise: { kind: symmetric, rate: 0.2 } }
augment: [random-crop, { name: cutout, size: 8 }]
model: lenet
epochs: 3
optimizer: { name: sgd, lr: 0.05 }
schedule: { name: step, milestones: [1] }
methods: [cross-entropy, { name: self-distillation, temperature: [1, 4], generations: 2 }]
seeds: [0, 1]
grid: { data.noise.rate: [0, 0.4] }
profiles: { full: { seeds: [0] } }
`;

describe("a configuration of", () => {
  it("any text is used or refused in words", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void use(text)));
  });

  it("any values is used or refused in words", () => {
    const values = fc.jsonValue({ maxDepth: 5 });
    fc.assert(fc.property(values, (value) => void use(stringify(value))));
  });

  it("the right names with any values is used or refused in words", () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const names = ["name", "data", "augment", "model", "epochs", "optimizer", "schedule"];
    const all = [...names, "methods", "seeds", "grid", "profiles", "method", "seed", "teacher"];
    const record = fc.record(Object.fromEntries(all.map((name) => [name, value])), {
      requiredKeys: [],
    });
    fc.assert(fc.property(record, (settings) => void use(stringify(settings))));
  });

  it("a good text with a piece cut out, doubled or replaced is used or refused in words", () => {
    expect(use(GOOD)).toBe(true);
    const place = fc.nat(GOOD.length);
    const piece = fc.oneof(
      fc.constant(""),
      fc.string({ maxLength: 6 }),
      fc.constantFrom(..."{}[]:-&*!|>%@`#,\n\t"),
    );
    fc.assert(
      fc.property(place, fc.nat(12), piece, (at, length, inside) => {
        use(GOOD.slice(0, at) + inside + GOOD.slice(at + length));
      }),
      { numRuns: 400 },
    );
  });
});
