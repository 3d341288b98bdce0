import { describe, expect, test } from "vitest";
import { createModel, models } from "../src/models/table.ts";
import { presets } from "../src/presets.ts";
import { scheduleFactor } from "../src/schedules.ts";
import { createUpdateRule, resolveOptimizer } from "../src/update-rules/table.ts";

const { paper } = presets;

describe.each(Object.entries(presets))("the preset %s", (_, preset) => {
  test("names networks that there are, and options that they take", () => {
    for (const [name, { model, optimizer, schedule, epochs }] of Object.entries(preset.networks)) {
      expect(name).toBe(model);
      expect(Object.keys(models)).toContain(model);
      expect(createUpdateRule(optimizer).name).toBe("momentum");
      expect(scheduleFactor(schedule, epochs, epochs)).toBeCloseTo(0.01, 12);
    }
    for (const [name, { method, generations }] of Object.entries(preset.methods)) {
      expect(method.name).toBe(name);
      expect(generations > 0).toBe(method.signals.includes("teacher"));
    }
    expect(new Set(preset.seeds).size).toBe(preset.seeds.length);
  });
});

describe("the recipe of the paper", () => {
  test("is SGD with momentum 0.9, not Nesterov's, and weight decay on all weights", () => {
    for (const { optimizer } of Object.values(paper.networks)) {
      expect(resolveOptimizer(optimizer)).toEqual({
        name: "momentum",
        learningRate: 0.1,
        momentum: 0.9,
        nesterov: false,
        weightDecay: 1e-4,
        decay: "coupled",
        withoutDecay: [],
      });
    }
  });

  test.each([
    ["resnet-34", [0.1, 0.1, 0.01, 0.01, 0.001], [0, 49, 50, 99, 100]],
    ["densenet-bc-100-12", [0.1, 0.01, 0.01, 0.001], [74, 75, 112, 113]],
  ])("lowers the rate of %s as its code does", (name, rates, epochs) => {
    const { optimizer, schedule, epochs: total, batchSize } = paper.networks[name]!;
    expect([total, batchSize]).toEqual([150, 128]);
    const found = epochs.map((e) => optimizer.learningRate * scheduleFactor(schedule, e, total));
    expect(found).toBeAllclose(rates, { rtol: 1e-12 });
  });

  test("weights the teacher by 0.4 at temperature 4, the soft label of beta smoothing by 0.6", () => {
    const { methods, seeds } = paper;
    expect(methods["self-distillation"]!.method.options).toMatchObject({
      hardWeight: 1 - 0.4,
      temperature: 4,
    });
    const { a, beta, decay, ema } = methods["beta-smoothing"]!.method.options;
    expect([a, decay, ema]).toEqual([3, 0.999, "paper"]);
    expect((beta as number) / (1 + (beta as number))).toBeCloseTo(0.6, 12);
    expect(methods["label-smoothing"]!.method.options).toEqual({ epsilon: 0.15, spread: "others" });
    expect(seeds).toHaveLength(5);
  });

  test("holds out 5,000 images of CIFAR-100, 10,000 of Tiny-ImageNet", () => {
    expect(paper.data["cifar-100"]).toMatchObject({ validation: 5000, size: 32 });
    expect(paper.data["tiny-imagenet"]).toMatchObject({ validation: 10_000, size: 32 });
    const names = Object.values(paper.data).map(({ augment }) =>
      augment.images?.map((a) => a.name),
    );
    expect(names).toEqual([
      ["random-crop", "horizontal-flip"],
      ["random-resized-crop", "horizontal-flip"],
    ]);
  });

  test("trains networks of the paper's size", () => {
    const counts = Object.keys(paper.networks).map((name) =>
      createModel(name, { input: [32, 32, 3], classes: 100 })
        .parameters.map(({ shape }) => shape.reduce((a, b) => a * b, 1))
        .reduce((a, b) => a + b, 0),
    );
    expect(counts).toEqual([21_328_292, 800_032]);
  });
});
