// What run, read and write refuse, on an engine that calls the steps and on one that replays them.
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { compileProgram, type ProgramErrorCode } from "../src/index.ts";
import { use } from "./engines.ts";

function makeProgram() {
  const x = tf.variable(tf.tensor1d([1, 2]));
  const program = compileProgram({
    variables: { x },
    entries: {
      scale({ a, by }: { a: tf.Tensor1D; by: tf.Scalar }) {
        return { y: tf.mul(tf.mul(a, by), tf.sum(x)) };
      },
    },
  });
  program.run("scale", { a: tf.ones([3]), by: tf.scalar(2) });
  return { x, program };
}

type Made = ReturnType<typeof makeProgram>;
/** A program whose names TypeScript does not know, so that wrong ones reach it. */
type Loose = {
  run(entry: string, inputs: object): unknown;
  read(names?: string[]): unknown;
  write(values: object): unknown;
};

const a = () => tf.ones([3]);
const by = () => tf.scalar(2);
const disposed = () => {
  const t = tf.ones([3]);
  t.dispose();
  return t;
};

const cases: readonly (readonly [
  string,
  ProgramErrorCode,
  RegExp,
  (p: Loose, made: Made) => unknown,
])[] = [
  [
    "an unknown entry",
    "ERR_UNKNOWN_ENTRY",
    /`shrink`; there are `scale`/,
    (p) => p.run("shrink", {}),
  ],
  ["a name of Object", "ERR_UNKNOWN_ENTRY", /`toString`/, (p) => p.run("toString", {})],
  [
    "a missing input",
    "ERR_INPUT_NAMES",
    /expected the inputs `a`, `by`, got `a`/,
    (p) => p.run("scale", { a: a() }),
  ],
  [
    "an input too many",
    "ERR_INPUT_NAMES",
    /got `a`, `by`, `c`/,
    (p) => p.run("scale", { a: a(), by: by(), c: by() }),
  ],
  [
    "another dtype",
    "ERR_INPUT_DTYPE",
    /`a` to have dtype float32, got int32/,
    (p) => p.run("scale", { a: tf.ones([3], "int32"), by: by() }),
  ],
  [
    "another rank",
    "ERR_INPUT_SHAPE",
    /`by` to have rank 0, got shape \[1\]/,
    (p) => p.run("scale", { a: a(), by: tf.ones([1]) }),
  ],
  [
    "a string",
    "ERR_DTYPE",
    /`a` has dtype string/,
    (p) => p.run("scale", { a: tf.tensor1d(["a"]), by: by() }),
  ],
  [
    "a number",
    "ERR_INPUT_TENSOR",
    /`by` to be a tensor, got number/,
    (p) => p.run("scale", { a: a(), by: 2 }),
  ],
  [
    "a disposed tensor",
    "ERR_INPUT_TENSOR",
    /`a` is disposed/,
    (p) => p.run("scale", { a: disposed(), by: by() }),
  ],
  [
    "to read an unknown variable",
    "ERR_UNKNOWN_VARIABLE",
    /`z`; there are `x`/,
    (p) => p.read(["z"]),
  ],
  ["to write an unknown variable", "ERR_UNKNOWN_VARIABLE", /`z`/, (p) => p.write({ z: [1] })],
  [
    "to write too few values",
    "ERR_VALUE_LENGTH",
    /expected 2 values for variable `x` of shape \[2\], got 1/,
    (p) => p.write({ x: [1] }),
  ],
  [
    "to run when disposed",
    "ERR_DISPOSED_PROGRAM",
    /disposed/,
    (p, { program }) => {
      program.dispose();
      program.dispose();
      p.run("scale", { a: a(), by: by() });
    },
  ],
  [
    "a new shape when a variable is disposed",
    "ERR_DISPOSED_VARIABLE",
    /`x`/,
    (p, { x }) => {
      x.dispose();
      p.run("scale", { a: tf.ones([5]), by: by() });
    },
  ],
];

describe.each(["cpu", "tensorflow"] as const)("on %s a program refuses", (backend) => {
  test.for(cases)("%s", async ([, code, message, run], context) => {
    await use(backend, context);
    const made = makeProgram();
    const attempt = () => run(made.program as unknown as Loose, made);
    expect(attempt).toThrow(expect.objectContaining({ name: "ProgramError", code }));
    expect(attempt).toThrow(message);
  });

  test("another backend", async (context) => {
    await use("wasm", context);
    await use(backend, context);
    const { program } = makeProgram();
    await use("wasm", context);
    expect(() => program.read()).toThrow(expect.objectContaining({ code: "ERR_BACKEND_CHANGED" }));
  });
});

describe("compileProgram refuses", () => {
  const entries = { y: () => ({ y: tf.scalar(1) }) };
  const bad: readonly (readonly [string, ProgramErrorCode, () => unknown])[] = [
    [
      "a tensor as a variable",
      "ERR_UNKNOWN_VARIABLE",
      () => compileProgram({ variables: { x: tf.scalar(1) as tf.Variable }, entries }),
    ],
    [
      "a variable of strings",
      "ERR_DTYPE",
      () => compileProgram({ variables: { x: tf.variable(tf.tensor1d(["a"])) }, entries }),
    ],
    [
      "a disposed variable",
      "ERR_DISPOSED_VARIABLE",
      () => {
        const x = tf.variable(tf.scalar(1));
        x.dispose();
        compileProgram({ variables: { x }, entries });
      },
    ],
    [
      "specs of an unknown entry",
      "ERR_UNKNOWN_ENTRY",
      () => compileProgram({ variables: {}, entries, specs: { z: [{}] } as object }),
    ],
    [
      "a size that is not fixed",
      "ERR_INPUT_SHAPE",
      () =>
        compileProgram({
          variables: {},
          entries: { y: ({ a }: { a: tf.Tensor }) => ({ y: tf.neg(a) }) },
          specs: { y: [{ a: { shape: [-1, 3] } }] },
        }),
    ],
  ];

  test.each(bad)("%s", async (_, code, compile) => {
    await tf.setBackend("cpu");
    expect(compile).toThrow(expect.objectContaining({ code }));
  });
});
