// Batch normalisation in training, with what stands around it as one operation of @sd/tfjs-native.
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { batchNorm, compileProgram, relu, type Tensors } from "../src/index.ts";
import type { NodeBackend } from "../src/node-backend.ts";
import { onNative } from "./engines.ts";
import { type Case, expectSame, operations, ownOperations, values } from "./rewritten.ts";

onNative();

type Normalise = (x: tf.Tensor4D) => tf.Tensor4D;
type Network = (x: tf.Tensor4D, normalise: Normalise, other: Normalise) => tf.Tensor;

/** A step of a network with two normalisations, which keeps running statistics of the first. */
function training(shape: readonly [number, number, number, number], network: Network): Case {
  const channels = [shape[3]];
  return {
    variables: () => ({
      x: tf.variable(values(shape, 1)),
      scale: tf.variable(values(channels, 2)),
      offset: tf.variable(values(channels, 3)),
      otherScale: tf.variable(values(channels, 4)),
      otherOffset: tf.variable(values(channels, 5)),
      mean: tf.variable(tf.zeros(channels)),
      variance: tf.variable(tf.ones(channels)),
    }),
    inputs: { weights: shape, rate: [] },
    step(all, { weights, rate }) {
      const vector = (name: string): tf.Tensor1D => all[name] as unknown as tf.Tensor1D;
      const assigned: tf.Tensor[] = [];
      const first: Normalise = (x) => {
        const running = { mean: vector("mean"), variance: vector("variance"), momentum: 0.1 };
        const result = batchNorm(x, vector("scale"), vector("offset"), { running });
        assigned.push(tf.keep(result.mean), tf.keep(result.variance));
        return result.output;
      };
      const second: Normalise = (x) =>
        batchNorm(x, vector("otherScale"), vector("otherOffset"), { epsilon: 1e-3 }).output;
      const trained = ["x", "scale", "offset", "otherScale", "otherOffset"].map(
        (name) => all[name]!,
      );
      const loss = (): tf.Scalar => {
        const y = network(all.x as unknown as tf.Tensor4D, first, second);
        return tf.mean(tf.mul(y, weights!));
      };
      const { value, grads } = tf.variableGrads(loss, trained);
      all.mean!.assign(assigned[0]!);
      all.variance!.assign(assigned[1]!);
      tf.dispose(assigned);
      for (const variable of trained) {
        variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, rate!)));
      }
      return {
        value,
        ...Object.fromEntries(Object.entries(grads).map(([, g], i) => [`g${i}`, g])),
      };
    },
  };
}

const add = (a: tf.Tensor, b: tf.Tensor): tf.Tensor4D => tf.add(a, b) as tf.Tensor4D;
const square = (x: tf.Tensor): tf.Tensor4D => tf.square(x) as tf.Tensor4D;

/** What is left besides the normalisations of a network that is joined: nothing, or additions. */
const NETWORKS: Readonly<Record<string, Network>> = {
  alone: (x, bn, other) => square(other(square(bn(x)))),
  "before a ReLU": (x, bn, other) => square(other(square(relu(bn(x))))),
  "in a residual block": (x, bn, other) => {
    const first = relu(bn(x));
    return square(relu(add(other(square(first)), first)));
  },
  "after a shortcut": (x, bn, other) => {
    const inner = square(relu(bn(x)));
    return add(square(relu(other(inner))), x);
  },
  "of a sum": (x, bn, other) => square(relu(other(add(x, relu(bn(x)))))),
  "among concatenations": (x, bn, other) => {
    const grown = tf.concat([x, square(relu(bn(x)))], 0) as tf.Tensor4D;
    return tf.slice(square(relu(other(grown))), [0, 0, 0, 0], x.shape);
  },
  "whose ReLU and its sign are both taken": (x, bn, other) => {
    const y = relu(bn(x));
    return add(square(other(y)), tf.mul(y, 0.5));
  },
};

describe("a normalisation in training", () => {
  test.each(Object.keys(NETWORKS))(
    "%s is an operation of its own, and so is its gradient",
    (name) => {
      const one = training([2, 3, 4, 8], NETWORKS[name]!);
      const names = operations(one, ownOperations());
      expect(names.filter((op) => op === "SdBatchNorm")).toHaveLength(2);
      expect(names.filter((op) => op === "SdBatchNormGradient")).toHaveLength(2);
      for (const other of ["FusedBatchNormV3", "FusedBatchNormGradV3", "Relu", "ReluGrad"]) {
        expect(names).not.toContain(other);
      }
      expectSame(one, 1e-4);
    },
  );

  test.each([1, 3, 12, 16, 24, 64, 300])("of %d channels is the same", (channels) => {
    expectSame(training([3, 5, 7, channels], NETWORKS["in a residual block"]!), 2e-4);
  });

  test("of more numbers than one task takes is the same", () => {
    expectSame(training([8, 31, 31, 12], NETWORKS["in a residual block"]!), 2e-3);
  });

  test("joins the additions of gradients", () => {
    const names = operations(
      training([2, 3, 4, 8], NETWORKS["in a residual block"]!),
      ownOperations(),
    );
    expect(names.filter((op) => op.startsWith("Add"))).toEqual([]);
  });

  test("takes the gradient of a concatenation as it lies", () => {
    const one = training([2, 3, 4, 8], (x, bn, other) => {
      const grown = square(tf.concat([x, square(relu(bn(x))), tf.ones(x.shape)], -1));
      const parts = [0, 8, 16].map((c) => tf.slice(grown, [0, 0, 0, c], x.shape));
      return relu(other(tf.addN(parts) as tf.Tensor4D));
    });
    const names = operations(one, ownOperations());
    expect(names).not.toContain("SplitV");
    expectSame(one, 1e-4);
  });

  test("leaves a ReLU alone where something else takes what is normalised", () => {
    const one = training([2, 3, 4, 8], (x, bn, other) => {
      const y = bn(x);
      return add(relu(other(relu(y))), square(y));
    });
    const names = operations(one, ownOperations());
    expect(names.filter((op) => op === "Relu")).toHaveLength(1);
    expect(names.filter((op) => op === "ReluGrad")).toHaveLength(1);
    expectSame(one, 1e-4);
  });

  test("leaves an addition alone that repeats a row", () => {
    const one = training([2, 3, 4, 8], (x, bn, other) =>
      relu(other(relu(add(bn(x), tf.range(0, 8))))),
    );
    const names = operations(one, ownOperations());
    expect(names.filter((op) => op === "Relu")).toHaveLength(1);
    expectSame(one, 1e-4);
  });

  test("leaves an addition alone of what comes from the normalisation itself", () => {
    const one = training([2, 3, 4, 8], (x, bn, other) => {
      const y = relu(bn(x));
      return relu(add(other(y), square(y)));
    });
    expectSame(one, 1e-4);
    const twice = training([2, 3, 4, 8], (x, bn, other) => {
      const y = bn(x);
      return relu(other(relu(add(y, y))));
    });
    expect(operations(twice, ownOperations())).toContain("Relu");
    expectSame(twice, 1e-4);
  });

  test("is TensorFlow's where its own operations are all there is", () => {
    const names = operations(training([2, 3, 4, 8], NETWORKS["before a ReLU"]!));
    expect(names).toContain("FusedBatchNormV3");
    expect(names).not.toContain("SdBatchNorm");
  });
});

/** Output, mean and unbiased variance of a normalisation, replayed. */
function normalised(
  x: tf.Tensor4D,
  epsilon = 0,
): { output: Float32Array; statistics: Float32Array } {
  const channels = x.shape[3];
  const variables = { mean: tf.variable(tf.zeros([channels])) };
  const program = compileProgram({
    variables,
    entries: {
      step({ x: given }: { x: tf.Tensor4D }): Tensors {
        const { output, mean, variance } = batchNorm(
          given,
          tf.ones([channels]),
          tf.zeros([channels]),
          {
            epsilon,
          },
        );
        return { output, statistics: tf.concat([mean, variance]) };
      },
    },
  });
  const { output, statistics } = program.run("step", { x });
  const arrays = { output: output!.dataSync(), statistics: statistics!.dataSync() };
  tf.dispose([output!, statistics!]);
  program.dispose();
  tf.dispose(variables);
  return arrays as { output: Float32Array; statistics: Float32Array };
}

test("a mean far from 0 takes nothing from the variance", () => {
  const [rows, channels] = [2000, 5];
  const x = Float32Array.from(
    { length: rows * channels },
    (_, i) => 3e4 + (i % channels) + Math.sin(i * 0.7),
  );
  const { output, statistics } = normalised(tf.tensor4d(x, [rows, 1, 1, channels]));
  for (let c = 0; c < channels; c++) {
    const column = Array.from({ length: rows }, (_, r) => x[r * channels + c]!);
    const mean = column.reduce((a, b) => a + b, 0) / rows;
    const squares = column.reduce((sum, v) => sum + (v - mean) ** 2, 0);
    expect(statistics[c]).toBeCloseTo(mean, 2);
    expect(statistics[channels + c]! / (squares / (rows - 1))).toBeCloseTo(1, 5);
    const expected = column.map((v) => (v - mean) / Math.sqrt(squares / rows));
    const actual = column.map((_, r) => output[r * channels + c]!);
    // float32 has steps of 0.002 there.
    expect(Math.max(...actual.map((v, r) => Math.abs(v - expected[r]!)))).toBeLessThan(0.005);
  }
});

test("a channel that never changes has variance 0", () => {
  const { output, statistics } = normalised(tf.fill([4, 2, 2, 3], 7.25), 1e-5);
  expect([...statistics]).toEqual([7.25, 7.25, 7.25, 0, 0, 0]);
  expect(output.every((v) => v === 0)).toBe(true);
});

test("what is no number stays so behind the ReLU", () => {
  const one = training([2, 3, 4, 8], NETWORKS["before a ReLU"]!);
  const variables = one.variables();
  const spoilt = values([2, 3, 4, 8], 1).dataSync().slice();
  spoilt[5] = Number.NaN;
  variables.x!.assign(tf.tensor(spoilt, [2, 3, 4, 8]));
  const entries = {
    step: (given: Record<string, tf.Tensor>): Tensors => one.step(variables, given),
  };
  const program = compileProgram({ variables, entries });
  const inputs = { weights: values([2, 3, 4, 8], 7), rate: tf.scalar(0.1) };
  const outputs = program.run("step", inputs);
  expect(outputs.value!.dataSync()[0]).toBeNaN();
  program.dispose();
  tf.dispose([variables, outputs, inputs]);
});

test("shapes that do not belong together are refused", () => {
  const { binding } = tf.backend() as NodeBackend;
  const backend = tf.backend() as NodeBackend;
  const attributes = [
    { name: "epsilon", type: binding.TF_ATTR_FLOAT, value: 0.1 },
    { name: "momentum", type: binding.TF_ATTR_FLOAT, value: 1 },
    { name: "relu", type: binding.TF_ATTR_BOOL, value: false },
    { name: "M", type: binding.TF_ATTR_INT, value: 0 },
  ];
  const [x, three, none] = [tf.ones([2, 1, 1, 4]), tf.ones([3]), tf.tensor1d([])];
  const run = (): unknown =>
    backend.executeMultipleOutputs("SdBatchNorm", attributes, [x, three, three, none, none], 5);
  expect(run).toThrow(/expected rows of as many channels as there are scales/);
});
