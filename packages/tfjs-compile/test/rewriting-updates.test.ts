// Adam and moving averages in place: which operations they become, and that nothing else changes.
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { compileProgram, type Tensors } from "../src/index.ts";
import { onNative } from "./engines.ts";
import { type Case, expectSame, operations, type Variables, values } from "./rewritten.ts";

onNative();

const SHAPE = [3, 4];
const mixed = (old: tf.Tensor, x: tf.Tensor, share: number): tf.Tensor =>
  tf.add(tf.mul(old, share), tf.mul(x, 1 - share));

/** A step of Adam as PyTorch writes it. */
function adam(
  options: {
    decoupled?: number;
    square?: (g: tf.Tensor) => tf.Tensor;
    beta2?: number;
    share?: number;
    after?: (v: Variables) => Tensors;
  } = {},
): Case {
  const { decoupled = 0, square = tf.square, beta2 = 0.75, after = () => ({}) } = options;
  const { share = 1 - beta2 } = options;
  return {
    variables: () => ({
      w: tf.variable(values(SHAPE, 1)),
      m: tf.variable(tf.zeros(SHAPE)),
      v: tf.variable(tf.zeros(SHAPE)),
      average: tf.variable(values(SHAPE, 1)),
    }),
    inputs: { g: SHAPE, rate: [], scale: [] },
    step(all, { g, rate, scale }) {
      const { w, m, v } = all as Record<"w" | "m" | "v", tf.Variable>;
      const start = decoupled === 0 ? w : tf.sub(w, tf.mul(tf.mul(w, decoupled), rate!));
      const first = mixed(m, g!, 0.5);
      const second = tf.add(tf.mul(v, beta2), tf.mul(square(g!), share));
      const positive = tf.add(tf.abs(scale!), 0.5);
      const deviation = tf.add(tf.mul(tf.sqrt(second), positive), 1e-3);
      const moved = tf.sub(start, tf.mul(tf.div(first, deviation), rate!));
      w.assign(moved);
      m.assign(first);
      v.assign(second);
      return after(all);
    },
  };
}

const SCALARS = ["Abs", "Add", "RealDiv", "RealDiv"];

describe("a step of Adam", () => {
  const ADAM = "ResourceApplyAdam";
  const cases: readonly (readonly [string, readonly string[] | undefined, Case])[] = [
    ["is one operation", [...SCALARS, ADAM], adam()],
    ["with the square as a product too", [...SCALARS, ADAM], adam({ square: (g) => tf.mul(g, g) })],
    [
      "with decoupled weight decay starts from what that leaves",
      [...SCALARS, "AssignVariableOp", "Mul", "Mul", ADAM, "Sub"],
      adam({ decoupled: 0.1 }),
    ],
    [
      "gives the new values to who wants them",
      undefined,
      adam({
        after({ w, m, v, average }) {
          average!.assign(mixed(average!, w!, 0.9));
          return { w: tf.clone(w!), m: tf.mul(m!, 2), v: tf.clone(v!) };
        },
      }),
    ],
    [
      "whose second moment is of something else is left as it is",
      undefined,
      adam({ square: tf.abs }),
    ],
    ["whose shares are no mean is left as it is", undefined, adam({ share: 0.5 })],
  ];
  test.each(cases)("%s", (name, expected, one) => {
    if (expected !== undefined) expect(operations(one)).toEqual([...expected].sort());
    else if (name.includes("left")) expect(operations(one)).not.toContain(ADAM);
    expectSame(one, 3e-6);
  });

  test("with the usual shares agrees but for float32's 1 − 0.999", () => {
    const one = adam({ beta2: 0.999 });
    expect(operations(one)).toContain(ADAM);
    expectSame(one, 3e-5);
  });

  test("of two parameters with one moment is left as it is", () => {
    const one: Case = {
      variables: () =>
        Object.fromEntries(
          ["a", "b", "ma", "mb", "v"].map((name, i) => [
            name,
            tf.variable(tf.abs(values(SHAPE, i))),
          ]),
        ),
      inputs: { g: SHAPE, rate: [] },
      step(all, { g, rate }) {
        const second = mixed(all.v!, tf.square(g!), 0.75);
        for (const name of ["a", "b"]) {
          const first = mixed(all[`m${name}`]!, g!, 0.5);
          const deviation = tf.add(tf.mul(tf.sqrt(second), rate!), 1);
          const moved = tf.mul(tf.div(first, deviation), rate!);
          all[name]!.assign(tf.sub(all[name]!, moved));
          all[`m${name}`]!.assign(first);
        }
        all.v!.assign(second);
        return {};
      },
    };
    expect(operations(one)).not.toContain("ResourceApplyAdam");
    expectSame(one);
  });
});

describe("a moving average", () => {
  const average = (
    step: (e: tf.Variable, x: tf.Tensor, decay: tf.Tensor, all: Variables) => Tensors,
  ): Case => ({
    variables: () => ({ e: tf.variable(values(SHAPE, 1)), w: tf.variable(values(SHAPE, 2)) }),
    inputs: { x: SHAPE, decay: [] },
    step: (all, { x, decay }) => step(all.e!, x!, decay!, all),
  });
  const follow = (e: tf.Variable, x: tf.Tensor, decay: tf.Tensor): void =>
    void e.assign(tf.add(tf.mul(e, decay), tf.mul(x, tf.sub(1, decay))));

  test("is added in place", () => {
    const one = average((e, x, decay) => {
      follow(e, x, decay);
      return {};
    });
    expect(operations(one)).toEqual([
      ...["AssignVariableOp", "Mul", "Neg", "ResourceApplyGradientDescent", "Sub"],
    ]);
    expectSame(one);
  });

  test("gives old and new values to who wants them", () => {
    const one = average((e, x, decay) => {
      const old = tf.mul(e, 2);
      follow(e, x, decay);
      return { old, now: tf.clone(e), twice: tf.mul(e, 2) };
    });
    expect(operations(one)).toContain("ResourceApplyGradientDescent");
    expectSame(one);
  });

  test("follows a parameter that the same step moves", () => {
    const one = average((e, x, decay, { w }) => {
      w!.assign(tf.sub(w!, tf.mul(x, 0.1)));
      follow(e, w!, decay);
      return { e: tf.clone(e) };
    });
    expectSame(one);
  });

  test.each([0, 1])("with the share %d is exact", (share) => {
    const variables = { e: tf.variable(values(SHAPE, 1)), w: tf.variable(values(SHAPE, 2)) };
    const before = { e: variables.e.dataSync().slice(), w: variables.w.dataSync().slice() };
    const program = compileProgram({
      variables,
      entries: {
        step({ decay }: { decay: tf.Scalar }) {
          follow(variables.e, variables.w, decay);
          return {};
        },
      },
    });
    for (let i = 0; i < 3; i++) program.run("step", { decay: tf.scalar(share) });
    expect(program.read().e).toEqual(share === 1 ? before.e : before.w);
    program.dispose();
  });

  test("of a scalar, or with shares that are no scalars, is left as it is", () => {
    const one = average((e, x) => {
      e.assign(tf.add(tf.mul(e, x), tf.mul(x, 0.5)));
      return {};
    });
    expect(operations(one)).not.toContain("ResourceApplyGradientDescent");
    expectSame(one);
  });
});
