import * as tf from "@tensorflow/tfjs";
import { afterEach, describe, expect, test } from "vitest";
import { compileProgram, type Entries, ProgramError, type ProgramErrorCode } from "../src/index.ts";
import { onNative } from "./engines.ts";

onNative();
afterEach(() => tf.disposeVariables());

const numbers = (n: number): tf.Tensor1D =>
  tf.tensor1d(Float32Array.from({ length: n }, (_, i) => i));

interface Setting {
  readonly x: tf.Variable;
  readonly outside: tf.Tensor;
  readonly other: tf.Variable;
  readonly optimizer: tf.Optimizer;
}

type Outputs = Record<string, tf.Tensor>;
type Step = (setting: Setting) => (inputs: { a: tf.Tensor1D }) => Outputs;

let counter = 0;

/** A step that is refused, its code, and what the message must name. */
const steps: readonly (readonly [string, ProgramErrorCode, RegExp, Step])[] = [
  [
    "reads a tensor",
    "ERR_TENSOR_READ",
    /reads the values of a tensor of shape \[20\]/,
    ({ x }) =>
      ({ a }) => ({ y: tf.mul(a, tf.mul(x, 2).dataSync()[0]!) }),
  ],
  [
    "reads an input with arraySync",
    "ERR_TENSOR_READ",
    /shape \[20\]/,
    () =>
      ({ a }) => ({ y: tf.add(a, a.arraySync()[0]!) }),
  ],
  [
    "reads and catches the error",
    "ERR_TENSOR_READ",
    /shape \[20\]/,
    () =>
      ({ a }) => {
        try {
          a.dataSync();
        } catch {}
        return { y: tf.add(a, 1) };
      },
  ],
  [
    "asks for data and does not wait",
    "ERR_TENSOR_READ",
    /shape \[20\]/,
    () =>
      ({ a }) => {
        void a.data();
        return { y: tf.add(a, 1) };
      },
  ],
  [
    "is asynchronous",
    "ERR_ASYNC_STEP",
    /promise/,
    () => (async () => ({})) as unknown as () => Outputs,
  ],
  [
    "takes a large tensor from outside",
    "ERR_CAPTURED_TENSOR",
    /Mul takes a tensor of shape \[20\] from outside/,
    ({ outside }) =>
      ({ a }) => ({ y: tf.mul(a, outside) }),
  ],
  [
    "returns a large tensor from outside",
    "ERR_CAPTURED_TENSOR",
    /output `y` takes a tensor of shape \[20\]/,
    ({ outside }) =>
      () => ({ y: outside }),
  ],
  [
    "takes a variable that was not declared, small as it is",
    "ERR_CAPTURED_VARIABLE",
    /Mul .*\[2\], the undeclared variable `undeclared`/,
    ({ other }) =>
      ({ a }) => ({ y: tf.mul(tf.sum(a), other) }),
  ],
  [
    "draws at random in JavaScript",
    "ERR_NOT_REPEATABLE",
    /constant of shape \[20\]/,
    () =>
      ({ a }) => ({ y: tf.mul(a, tf.randomNormal([20])) }),
  ],
  [
    "applies dropout",
    "ERR_NOT_REPEATABLE",
    /constant of shape \[20\]/,
    () =>
      ({ a }) => ({ y: tf.dropout(a, 0.5) }),
  ],
  [
    "counts in JavaScript",
    "ERR_NOT_REPEATABLE",
    /constant of shape \[\]/,
    () =>
      ({ a }) => ({ y: tf.mul(a, ++counter) }),
  ],
  [
    "counts in an attribute",
    "ERR_NOT_REPEATABLE",
    /attribute of operation 0/,
    () =>
      ({ a }) => ({ y: tf.leakyRelu(a, ++counter / 1e3) }),
  ],
  [
    "draws with an operation of the engine",
    "ERR_RANDOM_OP",
    /Multinomial of float32 \[1, 20\]/,
    () =>
      ({ a }) => ({ y: tf.multinomial(tf.expandDims(a) as tf.Tensor2D, 3, 7) }),
  ],
  [
    "runs other operations the second time",
    "ERR_DATA_DEPENDENT",
    /operation 0 is (Add|Mul)\(/,
    () =>
      ({ a }) => ({ y: ++counter % 2 ? tf.add(a, 1) : tf.mul(a, 1) }),
  ],
  [
    "assigns a variable only sometimes",
    "ERR_DATA_DEPENDENT",
    /variables that it assigns/,
    ({ x }) =>
      ({ a }) => {
        const y = tf.add(a, 1);
        if (++counter % 2) x.assign(y);
        return { y };
      },
  ],
  [
    "has an operation whose shape depends on values",
    "ERR_DATA_DEPENDENT",
    /NonMaxSuppression|Unique|reads the values/,
    () =>
      ({ a }) => ({ y: tf.unique(a).values }),
  ],
  [
    "uses an optimiser that makes its variables inside",
    "ERR_CREATED_VARIABLE",
    /created the variable `\d+`/,
    ({ x, optimizer }) =>
      ({ a }) => ({
        loss: optimizer.minimize(() => tf.sum(tf.mul(x, a)) as tf.Scalar, true, [x])!,
      }),
  ],
  [
    "creates a large constant",
    "ERR_CONSTANT_TOO_LARGE",
    /\[70000\]/,
    () => () => ({ y: tf.sum(numbers(70_000)) }),
  ],
  [
    "uses complex numbers",
    "ERR_DTYPE",
    /Complex/,
    () =>
      ({ a }) => ({ y: tf.abs(tf.complex(a, a)) }),
  ],
  ["uses strings", "ERR_DTYPE", /string/, () => () => ({ y: tf.tensor1d(["a", "b"]) })],
  [
    "has shapes that do not fit",
    "ERR_ENGINE",
    /BatchMatMulV2 of float32 \[4, 5\], float32 \[4, 5\]: /,
    () =>
      ({ a }) => ({ y: tf.matMul(tf.reshape(a, [4, 5]), tf.reshape(a, [4, 5])) }),
  ],
  [
    "has shapes that tfjs refuses",
    "ERR_STEP_FAILED",
    /maxPool: input must be rank 4/,
    () =>
      ({ a }) => ({ y: tf.maxPool(a as unknown as tf.Tensor4D, 2, 2, "valid") }),
  ],
  [
    "fails in the engine",
    "ERR_ENGINE",
    /Reshape of float32 \[20\], int32 \[1\]/,
    () =>
      ({ a }) => ({
        y: tf.engine().runKernel("Reshape", { x: a }, { shape: [7] }) as tf.Tensor,
      }),
  ],
  [
    "throws",
    "ERR_STEP_FAILED",
    /my own mistake/,
    () => () => {
      throw new RangeError("my own mistake");
    },
  ],
  [
    "reads an input that is not there",
    "ERR_INPUT_NAMES",
    /reads the inputs `b`, but was given `a`/,
    () => (inputs) => ({ y: tf.add(inputs.a, (inputs as unknown as { b: tf.Tensor }).b) }),
  ],
  [
    "returns a bare tensor",
    "ERR_OUTPUT",
    /\{ loss \}/,
    () => (({ a }: { a: tf.Tensor }) => a) as never,
  ],
  ["returns a number", "ERR_OUTPUT", /`y`/, () => (() => ({ y: 1 })) as never],
];

function caught(run: () => unknown): ProgramError {
  try {
    run();
  } catch (error) {
    if (error instanceof ProgramError) return error;
    throw error;
  }
  throw new Error("expected a ProgramError");
}

describe("a step is refused that", () => {
  test.each(steps)("%s", (_, code, message, step) => {
    const setting: Setting = {
      x: tf.variable(numbers(20)),
      outside: tf.add(numbers(20), 1),
      other: tf.variable(tf.tensor1d([1, 2]), true, "undeclared"),
      optimizer: tf.train.momentum(0.1, 0.9),
    };
    const { x } = setting;
    const binding = (tf.backend() as unknown as { binding: object }).binding;
    const a = numbers(20);
    const program = compileProgram({ variables: { x }, entries: { careless: step(setting) } });
    const before = tf.memory().numTensors;

    const error = caught(() => program.run("careless", { a }));

    expect(error).toMatchObject({ code, entry: "careless" });
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^entry `careless`: /);
    // Everything is as it was: the backend, the variable, the count of tensors.
    expect((tf.backend() as unknown as { binding: object }).binding).toBe(binding);
    expect(tf.memory().numTensors).toBe(before);
    expect(x.dataSync()).toEqual(numbers(20).dataSync());
    expect(tf.add(a, x).dataSync()[3]).toBe(6);
    program.dispose();
  });
});

test("a refused step leaves the others running", () => {
  const x = tf.variable(tf.scalar(1));
  const entries = {
    good: () => ({ y: tf.add(x, 1) }),
    bad: () => ({ y: tf.mul(x, tf.randomNormal([2])) }),
  };
  const program = compileProgram({ variables: { x }, entries });
  program.run("good", {});
  expect(caught(() => program.run("bad", {})).code).toBe("ERR_NOT_REPEATABLE");
  expect(program.run("good", {}).y.dataSync()[0]).toBe(2);
  expect(program.stats()).toMatchObject({ graphs: 1 });
});

test("a step is refused that disposes a variable", () => {
  const x = tf.variable(tf.scalar(1));
  const entries = {
    step: () => {
      x.dispose();
      return {};
    },
  };
  const program = compileProgram({ variables: { x }, entries });
  const error = caught(() => program.run("step", {}));
  expect(error).toMatchObject({ code: "ERR_DISPOSED_VARIABLE", entry: "step" });
});

test("a program does not run inside of a step of another", () => {
  const x = tf.variable(tf.scalar(1));
  const inner = compileProgram({ variables: { x }, entries: { y: () => ({ y: tf.add(x, 1) }) } });
  inner.run("y", {});
  const outer = compileProgram({ variables: {}, entries: { y: () => inner.run("y", {}) } });
  expect(caught(() => outer.run("y", {})).message).toMatch(/inside of a step/);
});

test("a refused specification names its entry", () => {
  const entries: Entries = {
    step: ({ a }: { a: tf.Tensor }) => ({ y: tf.add(a, a.dataSync()[0]!) }),
  };
  const specs = { step: [{ a: { shape: [3] } }] } as never;
  const error = caught(() => compileProgram({ variables: {}, entries, specs }));
  expect(error).toMatchObject({ code: "ERR_TENSOR_READ", entry: "step" });
});
