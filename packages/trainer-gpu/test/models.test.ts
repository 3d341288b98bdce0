import {
  createModel,
  initialWeights,
  lenet,
  mlp,
  models,
  parameterCount,
  TrainerError,
} from "@sd/trainer-gpu";
import { describe, expect, test } from "vitest";
import { fixture } from "./formula.ts";

const shape = { input: [28, 28, 1], classes: 10 } as const;

describe("networks", () => {
  test("LeNet has PyTorch's parameters: names, order and shapes", () => {
    const parameters = lenet(shape).parameters.map(({ name, torch }) => [name, [...torch.shape]]);
    expect(parameters).toEqual(Object.entries(fixture.parameters));
  });

  test("parameter counts", () => {
    // 16·25 + 16, 32·16·25 + 32, 1568·128 + 128, 128·10 + 10
    expect(parameterCount(lenet(shape))).toBe(416 + 12_832 + 200_832 + 1290);
    expect(parameterCount(mlp(shape))).toBe(784 * 256 + 256 + 256 * 10 + 10);
  });

  test("other image sizes give other dense layers", () => {
    const { parameters } = lenet({ input: [32, 30, 3], classes: 4 });
    const fc1 = parameters.find(({ name }) => name === "fc1.weight");
    expect(fc1?.shape).toEqual([8 * 7 * 32, 128]);
  });

  test.each(Object.keys(models))("%s can be made by name", (name) => {
    expect(createModel(name, shape).name).toBe(name);
  });

  test("an unknown name lists the known ones", () => {
    expect(() => createModel("toString", shape)).toThrow(TrainerError);
    expect(() => createModel("resnet", shape)).toThrow(
      "unknown model `resnet`: expected one of mlp, lenet, resnet-8",
    );
  });
});

describe("initialWeights", () => {
  const network = mlp({ input: [16, 16, 1], classes: 10 });

  test("is U(−1/√fanIn, 1/√fanIn), for weights and biases", () => {
    const weights = initialWeights(network, 1);
    for (const [name, fanIn] of [
      ["fc1.weight", 256],
      ["fc1.bias", 256],
      ["fc2.weight", 256],
    ] as const) {
      const values = weights[name]!;
      const bound = 1 / Math.sqrt(fanIn);
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + b * b, 0) / values.length;
      // Four standard errors of the mean and of the variance of a uniform law.
      const n = values.length;
      expect(Math.abs(mean)).toBeLessThan((4 * bound) / Math.sqrt(3 * n));
      expect(Math.abs(variance / (bound ** 2 / 3) - 1)).toBeLessThan(4 * Math.sqrt(0.8 / n));
    }
  });

  test("is N(0, 2 / fanOut) for the convolutions of residual and dense networks", () => {
    const network = createModel("wide-resnet-16-4", { input: [32, 32, 3], classes: 10 });
    const weights = initialWeights(network, 1);
    const values = weights["layer3.0.conv1.weight"]!;
    const n = values.length;
    expect(n).toBe(9 * 128 * 256);
    const mean = values.reduce((a, b) => a + b, 0) / n;
    const variance = values.reduce((a, b) => a + b * b, 0) / n;
    const wanted = 2 / (9 * 256);
    // Four standard errors of the mean and of the variance of a normal law.
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(wanted / n));
    expect(Math.abs(variance / wanted - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(weights["bn.weight"]).toEqual(new Float32Array(256).fill(1));
    expect(weights["bn.running_var"]).toEqual(new Float32Array(256).fill(1));
    expect(weights["bn.bias"]).toEqual(new Float32Array(256));
    expect(weights["bn.num_batches_tracked"]).toEqual(new Float32Array(1));
  });

  test("DenseNet's last bias is 0, as its authors have it", () => {
    const network = createModel("densenet-bc-100-12", { input: [8, 8, 3], classes: 10 });
    expect(initialWeights(network, 1)["classifier.bias"]).toEqual(new Float32Array(10));
  });

  test("depends on seed and generation, and on nothing else", () => {
    expect(initialWeights(network, 1, 0)).toEqual(initialWeights(network, 1));
    expect(initialWeights(network, 2)).not.toEqual(initialWeights(network, 1));
    expect(initialWeights(network, 1, 1)).not.toEqual(initialWeights(network, 1));
  });
});
