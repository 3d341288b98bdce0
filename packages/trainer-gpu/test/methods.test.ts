import {
  distillationTotal,
  labelSmoothing as labelSmoothingLoss,
  softmaxCrossEntropy,
  softmaxCrossEntropyWithSoftTargets,
} from "@sd/losses";
import type { Rng } from "@sd/math/random";
import { createRng } from "@sd/math/random";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rows } from "../../../testing/arbitraries.ts";
import { TrainerError } from "../src/errors.ts";
import { betaSmoothing } from "../src/methods/beta-smoothing.ts";
import { crossEntropy } from "../src/methods/cross-entropy.ts";
import { labelSmoothing } from "../src/methods/label-smoothing.ts";
import type { Method, MethodBatch } from "../src/methods/method.ts";
import { selfDistillation } from "../src/methods/self-distillation.ts";
import { createMethod, methods } from "../src/methods/table.ts";
import { fixture, formula } from "./formula.ts";

const [M, K] = [8, 10];
const labels = Int32Array.from(fixture.labels);
const teacher = formula(101, M * K, 5);
const ema = formula(102, M * K, 5);

/** A generator that gives out the fixture's numbers. */
function listedRng(): Rng {
  const numbers = formula(103, M, 0.5);
  let next = 0;
  const rng = createRng(0);
  return Object.assign(Object.create(rng), { uniform: () => numbers[next++]! + 0.5 });
}

const batch = (changes: Partial<MethodBatch> = {}): MethodBatch => ({
  labels,
  indices: Int32Array.from(labels.keys()),
  shape: [M, K],
  epoch: 0,
  epochs: 4,
  rng: listedRng(),
  ...changes,
});

const fixtureMethods: Record<string, Method> = {
  "cross-entropy": crossEntropy(),
  "label-smoothing": labelSmoothing({ epsilon: 0.15, spread: "others" }),
  "self-distillation": selfDistillation({ hardWeight: 0.6, temperature: 4 }),
  "beta-smoothing": betaSmoothing({ a: 3, beta: 1.5 }),
};

describe("targets", () => {
  test.each(Object.entries(fixture.targets))("of %s equal PyTorch's", (name, expected) => {
    const { targets, weights } = fixtureMethods[name]!.targets(batch(), { teacher, ema }, {});
    // Float32 against float64.
    expect(targets).toBeAllclose(expected, { rtol: 1e-6, atol: 1e-7 });
    expect(weights).toBeUndefined();
  });

  test.each(Object.keys(methods))("of %s lie on the simplex, in float32", (name) => {
    fc.assert(
      fc.property(rows({ maxClasses: 6 }), ({ n, k, logits, labels: y, shape }) => {
        const signal = Float32Array.from(logits);
        const method = createMethod(name);
        const indices = Int32Array.from(y.keys());
        const { targets } = method.targets(
          batch({ labels: y, indices, shape, rng: createRng(n * k) }),
          { teacher: signal, ema: signal },
          method.init?.({ n, k }) ?? {},
        );
        expect(targets).toBeInstanceOf(Float32Array);
        for (let i = 0; i < n; i++) {
          const row = targets.subarray(i * k, (i + 1) * k);
          expect(row.every((t) => t >= 0)).toBe(true);
          expect(row.reduce((a, b) => a + b, 0)).toBeAllclose(1, { rtol: 1e-6 });
        }
      }),
    );
  });
});

/** Cross-entropy against a method's targets: what the network is trained with. */
function trained(
  method: Method,
  logits: Float64Array,
  y: Int32Array,
  shape: readonly [number, number],
  signal: Float32Array,
): Float64Array {
  const { targets, weights } = method.targets(
    batch({ labels: y, indices: y, shape, rng: createRng(1) }),
    { teacher: signal, ema: signal },
    {},
  );
  return softmaxCrossEntropyWithSoftTargets(logits, targets, shape, weights ? { weights } : {});
}

describe("the loss of the targets is the loss of the source", () => {
  const tolerance = { rtol: 1e-5, atol: 1e-5 };

  test("cross-entropy", () => {
    fc.assert(
      fc.property(rows(), ({ logits, labels: y, shape }) => {
        const signal = new Float32Array(logits.length);
        expect(trained(crossEntropy(), logits, y, shape, signal)).toBeAllclose(
          softmaxCrossEntropy(logits, y, shape),
          tolerance,
        );
      }),
    );
  });

  test.each(["all", "others"] as const)("label smoothing over %s", (spread) => {
    fc.assert(
      fc.property(rows(), ({ logits, labels: y, shape }) => {
        const signal = new Float32Array(logits.length);
        const method = labelSmoothing({ epsilon: 0.2, spread });
        expect(trained(method, logits, y, shape, signal)).toBeAllclose(
          labelSmoothingLoss(logits, y, shape, { epsilon: 0.2, spread }),
          tolerance,
        );
      }),
    );
  });

  test("self-distillation", () => {
    fc.assert(
      fc.property(rows(), ({ logits, labels: y, shape }) => {
        const signal = Float32Array.from(logits, (f) => -f / 2);
        const method = selfDistillation({ hardWeight: 0.7, temperature: 3 });
        expect(trained(method, logits, y, shape, signal)).toBeAllclose(
          distillationTotal(logits, y, signal, shape, { hardWeight: 0.7, temperature: 3 }),
          tolerance,
        );
      }),
    );
  });

  test("self-distillation with the label's weight 1 is cross-entropy", () => {
    const { targets } = selfDistillation({ hardWeight: 1 }).targets(batch(), { teacher }, {});
    expect(targets).toEqual(crossEntropy().targets(batch(), {}, {}).targets);
  });
});

describe("beta smoothing", () => {
  test("gives the least confident example the most smoothing", () => {
    const { targets } = betaSmoothing().targets(batch({ rng: createRng(5) }), { ema }, {});
    const own = Array.from(labels, (y, i) => targets[i * K + y]!);
    const confidence = Array.from(labels, (y, i) => {
      const row = ema.subarray(i * K, (i + 1) * K);
      return Math.exp(row[y]!) / row.reduce((sum, f) => sum + Math.exp(f), 0);
    });
    const order = [...own.keys()].sort((i, j) => confidence[i]! - confidence[j]!);
    for (let r = 1; r < M; r++) expect(own[order[r]!]).toBeGreaterThanOrEqual(own[order[r - 1]!]!);
  });

  test("reversed, the most", () => {
    const ranked = betaSmoothing().targets(batch({ rng: createRng(5) }), { ema }, {}).targets;
    const reversed = betaSmoothing({ assignment: "reversed" }).targets(
      batch({ rng: createRng(5) }),
      { ema },
      {},
    ).targets;
    const own = (t: Float32Array): number[] => Array.from(labels, (y, i) => t[i * K + y]!).sort();
    expect(own(reversed)).toBeAllclose(own(ranked), { rtol: 1e-6 });
    expect(reversed).not.toEqual(ranked);
  });

  test("depends on the batch's stream alone", () => {
    const at = (seed: number): Float32Array =>
      betaSmoothing().targets(batch({ rng: createRng(seed) }), { ema }, {}).targets;
    expect(at(1)).toEqual(at(1));
    expect(at(1)).not.toEqual(at(2));
  });

  test("the average's decay ramps up to its cap", () => {
    const { emaDecay } = betaSmoothing({ decay: 0.9 });
    expect([1, 2, 3, 100].map((step) => emaDecay!(step))).toBeAllclose([1 / 2, 2 / 3, 3 / 4, 0.9]);
  });
});

describe("self-distillation", () => {
  test.each(["raw", "normalised", "batchNormalised"] as const)(
    "ω %s keeps the rows' masses as weights of mean 1",
    (omega) => {
      const { targets, weights } = selfDistillation({ omega }).targets(batch(), { teacher }, {});
      expect(weights!.reduce((a, b) => a + b, 0) / M).toBeAllclose(1, { rtol: 1e-6 });
      expect(new Set(weights).size).toBeGreaterThan(1);
      for (let i = 0; i < M; i++) {
        const sum = targets.subarray(i * K, (i + 1) * K).reduce((a, b) => a + b, 0);
        expect(sum).toBeAllclose(1, { rtol: 1e-6 });
      }
    },
  );
});

describe("mistakes", () => {
  test("an unknown method lists the known ones", () => {
    expect(() => createMethod("betasmoothing")).toThrow(
      "unknown method `betasmoothing`: expected one of cross-entropy, label-smoothing, self-distillation, beta-smoothing",
    );
  });

  test.each(["self-distillation", "beta-smoothing"])("%s without its signal is refused", (name) => {
    expect(() => createMethod(name).targets(batch(), {}, {})).toThrow(TrainerError);
  });

  test.each([
    [() => selfDistillation({ hardWeight: 0 }), "hardWeight"],
    [() => labelSmoothing({ epsilon: 1 }).targets(batch(), {}, {}), "epsilon"],
    [() => createMethod("beta-smoothing", { ema: "mine" }), "`ema`"],
    [() => createMethod("confidence-penalty", { beta: -1 }), "`beta`"],
    [() => createMethod("bootstrapping", { labelWeight: 1.1 }), "`labelWeight`"],
    [() => createMethod("bootstrapping", { form: "semi" }), "`form`"],
    [() => createMethod("hinton-distillation", { hardWeight: 2 }), "`hardWeight`"],
    [() => createMethod("hinton-distillation", { temperature: 0 }), "`temperature`"],
    [() => createMethod("hinton-distillation", { factor: "two" }), "`factor`"],
    [() => createMethod("past-predictions", { finalWeight: 1 }), "`finalWeight`"],
    [() => createMethod("online-label-smoothing", { beta: Infinity }), "`beta`"],
    [() => createMethod("online-label-smoothing", { firstEpoch: "none" }), "`firstEpoch`"],
    [() => createMethod("virtual-teacher", { teacherWeight: 1 }), "`teacherWeight`"],
    [() => createMethod("virtual-teacher", { correct: 1 }), "`correct`"],
    [() => createMethod("virtual-teacher", { form: "paper" }), "`form`"],
    [() => betaSmoothing({ a: 0 }).targets(batch(), { ema }, {}), "`a`"],
  ])("a value outside the domain is refused by name: %s", (call, argument) => {
    expect(call).toThrow(argument);
  });
});
