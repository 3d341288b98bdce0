// Computed shapes are those that TensorFlow gives.
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { batchNorm, relu } from "../src/index.ts";
import type { NodeBackend, OpAttribute } from "../src/node-backend.ts";
import type { TensorFact } from "../src/shape-inference.ts";
import { knownShapes } from "../src/shape-rules.ts";
import { onNative } from "./engines.ts";

onNative();

/** Calls the engine's operations and compares each with its rule; the names of those that have one. */
function checked(step: () => unknown): Set<string> {
  const backend = tf.backend() as NodeBackend;
  const names = new Set<string>();
  const multiple = backend.executeMultipleOutputs.bind(backend);
  const execute: NodeBackend["executeMultipleOutputs"] = (name, attributes, inputs, count) => {
    const results = multiple(name, attributes, inputs, count);
    const known = rule(backend, name, attributes, inputs, count);
    if (known !== undefined) {
      names.add(name);
      expect(known, name).toEqual(results.map(({ shape }) => shape));
    }
    return results;
  };
  const single: NodeBackend["executeSingleOutput"] = (name, attributes, inputs) =>
    execute(name, attributes, inputs, 1)[0]!;
  Object.assign(backend, { executeMultipleOutputs: execute, executeSingleOutput: single });
  try {
    tf.tidy(() => void step());
  } finally {
    const own = backend as unknown as Record<string, unknown>;
    delete own.executeMultipleOutputs;
    delete own.executeSingleOutput;
  }
  return names;
}

function rule(
  backend: NodeBackend,
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly tf.TensorInfo[],
  outputs: number,
): (readonly number[])[] | undefined {
  const facts = inputs.map((input): TensorFact => {
    const { shape, dtype, values } = backend.tensorMap.get(input.dataId);
    const list = values ?? backend.binding.tensorDataSync(backend.getInputTensorIds([input])[0]!);
    return { shape, dtype, constant: { shape, dtype, values: list } };
  });
  const named = Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
  return knownShapes(name, facts, named, outputs);
}

const gradient = (f: (x: tf.Tensor4D) => tf.Tensor, shape: [number, number, number, number]) =>
  tf.grad((x) => tf.sum(f(x as tf.Tensor4D)))(tf.ones(shape));

const CONVOLUTIONS = ["Conv2D", "Conv2DBackpropFilter", "Conv2DBackpropInput"];

describe("the rule gives TensorFlow's shapes", () => {
  const sizes = [1, 2, 3, 5] as const;
  const cases = sizes.flatMap((size) =>
    [1, 2, 3].flatMap((stride) =>
      (["same", "valid"] as const).map((padding) => [size, stride, padding] as const),
    ),
  );
  test.each(cases)("of a convolution of size %i, stride %i, %s", (size, stride, padding) => {
    const filter = tf.ones([size, size + 1, 2, 3]) as tf.Tensor4D;
    const names = checked(() =>
      tf.grads((x, f) => tf.sum(tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, stride, padding)))([
        tf.ones([2, 7, 8, 2]),
        filter,
      ]),
    );
    expect([...names]).toEqual(expect.arrayContaining(CONVOLUTIONS));
  });

  test("of a dilated convolution", () => {
    const filter = tf.ones([3, 2, 2, 3]) as tf.Tensor4D;
    const run = () =>
      tf.conv2d(tf.ones([1, 9, 8, 2]) as tf.Tensor4D, filter, 1, "valid", "NHWC", 2);
    expect([...checked(run)]).toEqual(["Conv2D"]);
  });

  test("of batch normalisation", () => {
    const [scale, offset] = [tf.ones([3]) as tf.Tensor1D, tf.zeros([3]) as tf.Tensor1D];
    const statistics = { mean: offset, variance: scale };
    const names = checked(() => {
      batchNorm(tf.ones([2, 4, 5, 3]), scale, offset, { statistics });
      return gradient((x) => batchNorm(x, scale, offset).output, [2, 4, 5, 3]);
    });
    const expected = ["FusedBatchNorm", "FusedBatchNormGradV3", "FusedBatchNormV3"];
    expect([...names].filter((name) => name.startsWith("Fused")).sort()).toEqual(expected);
  });

  test("of elementwise operations", () => {
    const names = checked(() => {
      const x = tf.ones([2, 3]);
      const y = tf.sub(tf.mul(tf.add(x, tf.ones([3])), 2), tf.div(1, x));
      return gradient((z) => relu(z), [1, 2, 3, 4]).add(tf.sum(y));
    });
    expect([...names].sort()).toEqual(["Add", "Mul", "RealDiv", "Relu", "ReluGrad", "Sub"]);
  });

  test("of concatenating and splitting", () => {
    const names = checked(() => gradient((x) => tf.concat([x, tf.mul(x, 2)], -1), [1, 2, 3, 4]));
    expect([...names]).toEqual(expect.arrayContaining(["ConcatV2", "SplitV"]));
  });
});

describe("what is not as it should be is left to TensorFlow", () => {
  const fact = (...shape: number[]): TensorFact => ({ shape, dtype: 1 });
  test.each<[string, TensorFact[]]>([
    ["Add", [fact(2, 3), fact(2)]],
    ["ReluGrad", [fact(2, 3), fact(3, 2)]],
    ["Conv2D", [fact(1, 4, 4, 2), fact(3, 3, 3, 4)]],
    ["Conv2DBackpropInput", [fact(4), fact(3, 3, 2, 4), fact(1, 4, 4, 4)]],
    ["ConcatV2", [fact(1, 2), fact(1, 3), fact()]],
    ["FusedBatchNormV3", [fact(1, 2, 2, 3), fact(2), fact(3), fact(0), fact(0)]],
    ["Unknown", [fact(1)]],
  ])("%s", (name, inputs) => {
    const attributes = { strides: [1, 1, 1, 1], padding: "SAME" };
    expect(knownShapes(name, inputs, attributes, 1)).toBeUndefined();
  });
});
