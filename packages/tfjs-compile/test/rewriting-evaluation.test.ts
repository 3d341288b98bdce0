// What evaluating a network is rewritten to: normalisation and padding inside of convolutions.
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { batchNorm, relu, type Tensors } from "../src/index.ts";
import { onNative } from "./engines.ts";
import { type Case, expectSame, operations, type Variables, values } from "./rewritten.ts";

onNative();

const IMAGES = [2, 6, 6, 3];

/** A convolution, normalised by fixed statistics, then what `after` makes of it. */
function evaluation(
  after: (y: tf.Tensor4D, parts: { convolved: tf.Tensor4D; x: tf.Tensor4D }) => Tensors,
  pad: "same" | "sides" | "ones" = "same",
): Case {
  const padded = (x: tf.Tensor4D): tf.Tensor4D =>
    tf.pad(
      x,
      [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ],
      pad === "ones" ? 1 : 0,
    );
  return {
    variables: () => ({
      filter: tf.variable(values([3, 3, 3, 4], 1)),
      scale: tf.variable(values([4], 2)),
      offset: tf.variable(values([4], 3)),
      mean: tf.variable(values([4], 4)),
      variance: tf.variable(tf.abs(values([4], 5))),
    }),
    inputs: { images: IMAGES },
    step(all: Variables, { images }) {
      const x = images as tf.Tensor4D;
      const filter = all.filter as unknown as tf.Tensor4D;
      const vector = (name: string): tf.Tensor1D => all[name] as unknown as tf.Tensor1D;
      const convolved =
        pad === "same" ? tf.conv2d(x, filter, 1, "same") : tf.conv2d(padded(x), filter, 2, "valid");
      const statistics = { mean: vector("mean"), variance: vector("variance") };
      const { output } = batchNorm(convolved, vector("scale"), vector("offset"), { statistics });
      return after(output, { convolved, x });
    },
  };
}

const FOLDED = ["AddV2", "BiasAdd", "Conv2D", "Mul", "Mul", "Mul", "Relu", "Rsqrt", "Sub"];
const isNormalised = (names: string[]): boolean => names.some((name) => name.startsWith("Fused"));

describe("a normalisation by fixed statistics", () => {
  test("becomes filter and bias of the convolution before it", () => {
    const one = evaluation((y) => ({ y: relu(y) }));
    expect(operations(one)).toEqual(FOLDED);
    expectSame(one, 2e-5);
  });

  test("stays where something else takes the convolution's result", () => {
    const one = evaluation((y, { convolved }) => ({ y, convolved }));
    expect(isNormalised(operations(one))).toBe(true);
    expectSame(one, 2e-5);
  });

  test("stays where there is no convolution before it", () => {
    const one: Case = {
      variables: () => ({ c: tf.variable(tf.abs(values([3], 1))) }),
      inputs: { images: IMAGES },
      step({ c }, { images }) {
        const v = c as unknown as tf.Tensor1D;
        const statistics = { mean: v, variance: v };
        return { y: batchNorm(images as tf.Tensor4D, v, v, { statistics }).output };
      },
    };
    expect(isNormalised(operations(one))).toBe(true);
    expectSame(one, 2e-5);
  });

  test("has its gradients", () => {
    const one = evaluation((_, { x }) => ({ x }));
    const { step } = one;
    const withGradient: Case = {
      ...one,
      step(all, inputs) {
        const { filter, scale } = all;
        const loss = (): tf.Scalar => {
          const statistics = {
            mean: all.mean as unknown as tf.Tensor1D,
            variance: all.variance as unknown as tf.Tensor1D,
          };
          const y = tf.conv2d(
            inputs.images as tf.Tensor4D,
            filter as unknown as tf.Tensor4D,
            1,
            "same",
          );
          const { output } = batchNorm(
            y,
            scale as unknown as tf.Tensor1D,
            all.offset as unknown as tf.Tensor1D,
            { statistics },
          );
          return tf.sum(tf.square(relu(output)));
        };
        const { grads } = tf.variableGrads(loss, [filter!, scale!]);
        return { filter: grads[filter!.name]!, scale: grads[scale!.name]!, ...step(all, inputs) };
      },
    };
    expectSame(withGradient, 1e-4);
  });
});

describe("zeros around images", () => {
  test("are the convolution's own where it alone takes them", () => {
    const one = evaluation((y) => ({ y: relu(y) }), "sides");
    expect(operations(one)).toEqual(FOLDED);
    expectSame(one, 2e-5);
  });

  test("stay where they are ones", () => {
    const one = evaluation((y) => ({ y }), "ones");
    expect(operations(one)).toContain("PadV2");
    expectSame(one, 2e-5);
  });

  test("stay where a gradient takes them as well", () => {
    const one: Case = {
      variables: () => ({ w: tf.variable(values([3, 3, 3, 4], 1)) }),
      inputs: { images: IMAGES },
      step({ w }, { images }) {
        const loss = (): tf.Scalar => {
          const x = tf.pad(images as tf.Tensor4D, [
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ]);
          return tf.sum(tf.square(tf.conv2d(x, w as unknown as tf.Tensor4D, 2, "valid")));
        };
        const { value, grads } = tf.variableGrads(loss, [w!]);
        return { value, w: grads[w!.name]! };
      },
    };
    expect(operations(one)).toContain("PadV2");
    expectSame(one, 1e-5);
  });
});

test("reshapes to the shape that is there are left out", () => {
  const one: Case = {
    variables: () => ({ v: tf.variable(values([2, 3], 1)) }),
    inputs: { x: [2, 3] },
    step({ v }, { x }) {
      const same = tf.reshape(tf.reshape(tf.neg(x!), [2, 3]), [2, 3]);
      v!.assign(tf.reshape(tf.add(v!, same), [2, 3]));
      return { same, x: tf.reshape(x!, [2, 3]), other: tf.reshape(same, [6]) };
    },
  };
  expect(operations(one)).toEqual(["Add", "Neg", "Reshape"]);
  expectSame(one);
});
