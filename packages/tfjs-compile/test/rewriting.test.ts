// Recorded steps are rewritten to TensorFlow's own operations: which, and that nothing else changes.
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { batchNorm, compileProgram, relu, type Tensors } from "../src/index.ts";
import { onNative } from "./engines.ts";
import { wave } from "./networks.ts";
import { type Case, expectSame, operations, type Variables, values } from "./rewritten.ts";

onNative();

const SHAPE = [3, 4];
type Direction = (velocity: tf.Tensor, gradient: tf.Tensor) => tf.Tensor;

/** A momentum step; `after` may add to it. */
function momentum(
  options: {
    share?: number;
    coupled?: number;
    decoupled?: number;
    direction?: Direction;
    shapes?: readonly [readonly number[], readonly number[]];
    after?: (v: Variables, old: tf.Tensor) => Tensors;
  } = {},
): Case {
  const { share = 0.9, coupled = 0, decoupled = 0, shapes = [SHAPE, SHAPE] } = options;
  const { direction = (velocity) => velocity, after = () => ({}) } = options;
  return {
    variables: () => ({
      w: tf.variable(values(shapes[0], 1)),
      v: tf.variable(tf.zeros([...shapes[1]])),
      other: tf.variable(values(shapes[0], 2)),
    }),
    inputs: { g: shapes[1], rate: [] },
    step(all, { g, rate }) {
      const { w, v } = all as Record<"w" | "v", tf.Variable>;
      const old = tf.mul(w, 2);
      const gradient = coupled === 0 ? g! : tf.add(g!, tf.mul(w, coupled));
      const start = decoupled === 0 ? w : tf.sub(w, tf.mul(tf.mul(w, decoupled), rate!));
      const velocity = tf.add(tf.mul(v, share), gradient);
      const moved = tf.sub(start, tf.mul(direction(velocity, gradient), rate!));
      w.assign(moved);
      v.assign(velocity);
      return after(all, old);
    },
  };
}

const NESTEROV: Direction = (velocity, gradient) => tf.add(gradient, tf.mul(velocity, 0.9));

describe("a momentum step", () => {
  const APPLY = "ResourceApplyMomentum";
  const cases: readonly (readonly [string, string[] | undefined, Case])[] = [
    ["is one operation", [APPLY], momentum()],
    ["of Nesterov is one", [APPLY], momentum({ direction: NESTEROV })],
    [
      "with weight decay is two",
      ["ResourceApplyGradientDescent", APPLY],
      momentum({ coupled: 0.01 }),
    ],
    [
      "of Nesterov adds its weight decay to the gradient",
      ["Add", "Mul", APPLY],
      momentum({ coupled: 0.01, direction: NESTEROV }),
    ],
    ["without momentum adds it too", undefined, momentum({ coupled: 0.01, share: 0 })],
    [
      "with decoupled weight decay starts from what that leaves",
      ["AssignVariableOp", "Mul", "Mul", APPLY, "Sub"],
      momentum({ decoupled: 0.01 }),
    ],
    [
      "whose velocity is broadcast is left as it is",
      ["Add", "Mul", "Mul", "Sub"],
      momentum({ shapes: [SHAPE, [4]] }),
    ],
    [
      "gives the new values to who wants them",
      undefined,
      momentum({
        coupled: 0.01,
        after({ w, v, other }, old) {
          other!.assign(tf.add(tf.mul(other!, 0.9), tf.mul(w!, 0.1)));
          return { w: tf.clone(w!), v: tf.mul(v!, 3), old };
        },
      }),
    ],
    [
      "waits for no reader of old values that waits for it",
      undefined,
      momentum({
        after: ({ w, other }, old) => {
          const mixed = tf.mul(old, w!);
          other!.assign(mixed);
          return { mixed };
        },
      }),
    ],
  ];

  test.each(cases)("%s", (_, expected, one) => {
    if (expected !== undefined) expect(operations(one)).toEqual(expected);
    expectSame(one);
  });

  test("of two parameters with one velocity is left as it is", () => {
    const one: Case = {
      variables: () => ({
        a: tf.variable(values(SHAPE, 1)),
        b: tf.variable(values(SHAPE, 2)),
        v: tf.variable(values(SHAPE, 3)),
      }),
      inputs: { g: SHAPE, rate: [] },
      step(all, { g, rate }) {
        const velocity = tf.add(tf.mul(all.v!, 0.9), g!);
        for (const name of ["a", "b"] as const) {
          all[name]!.assign(tf.sub(all[name]!, tf.mul(velocity, rate!)));
        }
        all.v!.assign(velocity);
        return {};
      },
    };
    expect(operations(one)).not.toContain("ResourceApplyMomentum");
    expectSame(one);
  });

  test("of two parameters that take each other's old and new values", () => {
    const one: Case = {
      variables: () =>
        Object.fromEntries(
          ["a", "va", "b", "vb"].map((name, i) => [name, tf.variable(values(SHAPE, i))]),
        ),
      inputs: { g: SHAPE, rate: [] },
      step(all, { g, rate }) {
        const old = { a: tf.clone(all.a!), b: tf.clone(all.b!) };
        for (const name of ["a", "b"] as const) {
          const velocity = tf.add(tf.mul(all[`v${name}`]!, 0.9), g!);
          all[name]!.assign(tf.sub(all[name]!, tf.mul(velocity, rate!)));
          all[`v${name}`]!.assign(velocity);
        }
        return { x: tf.mul(old.a, all.b!), y: tf.mul(old.b, all.a!) };
      },
    };
    expect(operations(one).filter((name) => name === "ResourceApplyMomentum")).toHaveLength(2);
    expectSame(one);
  });

  test("does not write into the arrays that the variables were made from", () => {
    const given = wave([16], 1);
    const before = given.slice();
    const w = tf.variable(tf.tensor1d(given));
    const v = tf.variable(tf.zeros([16]));
    const program = compileProgram({
      variables: { w, v },
      entries: {
        step() {
          v.assign(tf.add(tf.mul(v, 0.5), tf.ones([16])));
          w.assign(tf.sub(w, tf.mul(v, 0.1)));
          return {};
        },
      },
      specs: { step: [{}] },
    });
    tf.dispose([w, v]);
    for (let i = 0; i < 3; i++) program.run("step", {});
    expect(given).toEqual(before);
    program.dispose();
  });
});

const compute = (
  inputs: Case["inputs"],
  f: (inputs: Record<string, tf.Tensor>) => tf.Tensor,
): Case => ({ variables: () => ({}), inputs, step: (_, given) => ({ y: f(given) }) });

describe("a sum", () => {
  const cases: readonly (readonly [string, string, Case])[] = [
    [
      "over rows is a bias's gradient",
      "BiasAddGrad",
      compute({ x: [5, 3] }, (i) => tf.sum(i.x!, 0)),
    ],
    [
      "over images is one",
      "BiasAddGrad",
      compute({ x: [2, 3, 4, 5] }, (i) => tf.sum(i.x!, [0, 1, 2])),
    ],
    ["over columns is none", "Sum", compute({ x: [5, 3] }, (i) => tf.sum(i.x!, 1))],
    ["over everything is none", "Sum", compute({ x: [5, 3] }, (i) => tf.sum(i.x!))],
    ["of a vector is none", "Sum", compute({ x: [5] }, (i) => tf.sum(i.x!, 0))],
  ];
  test.each(cases)("%s", (_, name, one) => {
    expect(operations(one)).toContain(name);
    expectSame(one);
  });
});

describe("a product of matrices", () => {
  test.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])("transposed %s, %s is one of two matrices", (left, right) => {
    const inputs = { a: left ? [4, 3] : [3, 4], b: right ? [5, 4] : [4, 5] };
    const one = compute(inputs, ({ a, b }) => tf.matMul(a!, b!, left, right));
    expect(operations(one)).toContain("MatMul");
    expectSame(one);
  });

  test("of batches stays one of batches", () => {
    const one = compute({ a: [2, 3, 4], b: [2, 4, 5] }, ({ a, b }) => tf.matMul(a!, b!));
    expect(operations(one)).toContain("BatchMatMulV2");
    expectSame(one);
  });
});

describe("a ReLU after batch normalisation", () => {
  const one = (channels: number): Case => ({
    variables: () => ({
      scale: tf.variable(values([channels], 1)),
      offset: tf.variable(values([channels], 2)),
    }),
    inputs: { x: [3, 4, 5, channels] },
    step({ scale, offset }, { x }) {
      const loss = () => {
        const { output } = batchNorm(
          x as tf.Tensor4D,
          scale as unknown as tf.Tensor1D,
          offset as unknown as tf.Tensor1D,
        );
        return tf.sum(tf.square(relu(output))) as tf.Scalar;
      };
      const { value, grads } = tf.variableGrads(loss, [scale!, offset!]);
      return { value, dscale: grads[scale!.name]!, doffset: grads[offset!.name]! };
    },
  });

  test.each([
    [8, "Relu"],
    [6, "Maximum"],
  ])("of %d channels is %s", (channels, name) => {
    const names = operations(one(channels));
    expect(names.filter((op) => op === "Relu" || op === "Maximum")).toEqual([name]);
    expect(names).toContain("ReluGrad");
    expectSame(one(channels), 2e-5);
  });
});

test("integers are left alone", () => {
  const one: Case = {
    variables: () => ({
      w: tf.variable(tf.tensor1d([5, 6], "int32")),
      v: tf.variable(tf.tensor1d([1, 2], "int32")),
    }),
    inputs: {},
    step({ w, v }) {
      const two = tf.scalar(2, "int32");
      v!.assign(tf.add(tf.mul(v!, two), tf.ones([2], "int32")));
      w!.assign(tf.sub(w!, tf.mul(v!, two)));
      return { y: tf.sum(tf.reshape(w!, [2, 1]), 0) };
    },
  };
  expectSame(one);
});
