import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test, vi } from "vitest";
import { compileProgram } from "../src/index.ts";
import { onNative } from "./engines.ts";
import { forward, makeBatch, makeEntries, makeVariables, part } from "./networks.ts";

onNative();

describe("variables", () => {
  test("are shared by all entries", () => {
    const variables = makeVariables("mlp");
    const entries = makeEntries("mlp", variables);
    const program = compileProgram({ variables, entries });
    const { images, ...rest } = makeBatch("mlp", 8);
    const before = program.run("logits", { images }).logits.dataSync();
    program.run("trainStep", { images, ...rest });
    const after = program.run("logits", { images }).logits.dataSync();
    expect(after).not.toEqual(before);
    // The session is the truth; the variables follow when asked to.
    expect(entries.logits({ images }).logits.dataSync()).toBeAllclose(before, { rtol: 1e-5 });
    program.sync();
    expect(entries.logits({ images }).logits.dataSync()).toBeAllclose(after, { rtol: 1e-5 });
  });

  test("and outputs are the same awaited", async () => {
    const variables = makeVariables("mlp");
    const program = compileProgram({ variables, entries: makeEntries("mlp", variables) });
    const batch = makeBatch("mlp", 8);
    const { images } = batch;
    await program.valuesAsync("trainStep", batch);
    expect(await program.valuesAsync("logits", { images })).toEqual(
      program.values("logits", { images }),
    );
    expect(await program.readAsync()).toEqual(program.read());
  });

  test("move into the program on request, and come back", () => {
    const variables = makeVariables("mlp");
    const entries = makeEntries("mlp", variables);
    const before = Object.values(variables).map((v) => v.dataSync().slice());
    const program = compileProgram({ variables, entries, moveValues: true });
    const moved = Object.values(variables);
    expect(() => moved[0]!.dataSync()).toThrow();
    const { images } = makeBatch("mlp", 8);
    const expected = program.values("logits", { images }).logits;
    // A shape more is recorded without the values as well.
    const rows = program.values("logits", { images: makeBatch("mlp", 3).images }).logits;
    expect(rows).toHaveLength((3 * expected.length) / 8);
    expect(Object.values(program.read())).toEqual(before);
    program.sync();
    expect(moved.map((v) => v.dataSync())).toEqual(before);
    expect(entries.logits({ images }).logits.dataSync()).toBeAllclose(expected, { rtol: 1e-5 });
    program.dispose();
    tf.dispose(variables);
  });

  test("are kept when a second shape is seen", () => {
    const variables = makeVariables("mlp");
    const program = compileProgram({ variables, entries: makeEntries("mlp", variables) });
    program.run("trainStep", makeBatch("mlp", 8));
    const state = program.read();
    const { graphs, builds } = program.stats();
    program.run("logits", { images: makeBatch("mlp", 3).images });
    expect(program.stats()).toMatchObject({ graphs: graphs + 1, builds: builds + 1 });
    expect(program.read()).toEqual(state);
    program.run("logits", { images: makeBatch("mlp", 3).images });
    expect(program.stats().builds).toBe(builds + 1);
  });

  test("may be of every dtype, and swap their values within a step", () => {
    const variables = {
      float: tf.variable(tf.tensor1d([0.5, -1.5])),
      int: tf.variable(tf.tensor1d([7, -8], "int32")),
      bool: tf.variable(tf.tensor1d([true, false], "bool")),
      left: tf.variable(tf.tensor1d([1, 2])),
      right: tf.variable(tf.tensor1d([3, 4])),
    };
    const { left, right, int, bool } = variables;
    const program = compileProgram({
      variables,
      entries: {
        swap: () => {
          const old = tf.clone(left);
          left.assign(right as unknown as tf.Tensor1D);
          right.assign(old);
          int.assign(tf.add(int, tf.scalar(1, "int32")));
          bool.assign(tf.logicalNot(bool));
          return {};
        },
      },
    });
    expect(program.run("swap", {})).toEqual({});
    expect(program.read()).toEqual({
      float: Float32Array.of(0.5, -1.5),
      int: Int32Array.of(8, -7),
      bool: Uint8Array.of(0, 1),
      left: Float32Array.of(3, 4),
      right: Float32Array.of(1, 2),
    });
    program.write({ int: [1, 2], bool: [1, 1] });
    expect(program.read(["bool", "int"])).toEqual({
      bool: Uint8Array.of(1, 1),
      int: Int32Array.of(1, 2),
    });
  });

  test("made from one tensor are told apart", () => {
    const weight = tf.variable(tf.tensor1d([1, 2]));
    const average = tf.variable(weight as unknown as tf.Tensor1D);
    const program = compileProgram({
      variables: { weight, average },
      entries: {
        step: () => {
          weight.assign(tf.add(weight, 10));
          average.assign(tf.add(tf.mul(average, 0.5), tf.mul(weight, 0.5)));
          return { average: tf.clone(average) as tf.Tensor };
        },
      },
    });
    expect(program.run("step", {}).average.dataSync()).toEqual(Float32Array.of(6, 7));
    expect(program.run("step", {}).average.dataSync()).toEqual(Float32Array.of(13.5, 14.5));
  });

  test("that are written do not share memory with the caller's array", () => {
    const v = tf.variable(tf.tensor1d([1, 2]));
    const entries = { get: () => ({ v: tf.mul(v, 1) }) };
    const program = compileProgram({ variables: { v }, entries });
    const values = Float32Array.of(3, 4);
    program.write({ v: values });
    values.fill(0);
    expect(program.read().v).toEqual(Float32Array.of(3, 4));
    expect(program.run("get", {}).v.dataSync()).toEqual(Float32Array.of(3, 4));
  });
});

test("an average of the weights and a teacher's forward pass are entries like any other", () => {
  const variables = makeVariables("mlp");
  for (const [name, weight] of Object.entries(part(variables, "w"))) {
    variables[`e.${name}`] = tf.variable(weight as unknown as tf.Tensor);
  }
  const { trainStep, logits } = makeEntries("mlp", variables);
  const [weights, average] = [part(variables, "w"), part(variables, "e")];
  const program = compileProgram({
    variables,
    entries: {
      logits,
      emaLogits: ({ images }: { images: tf.Tensor }) => ({ logits: forward.mlp(average, images) }),
      trainStep({ decay, ...batch }: Parameters<typeof trainStep>[0] & { decay: tf.Scalar }) {
        const result = trainStep(batch);
        for (const [name, e] of Object.entries(average)) {
          e.assign(tf.add(tf.mul(e, decay), tf.mul(weights[name]!, tf.sub(1, decay))));
        }
        return result;
      },
    },
  });
  const { images, ...rest } = makeBatch("mlp", 8);
  const start = program.read();
  program.run("trainStep", { images, ...rest, decay: tf.scalar(0.9) });
  const end = program.read();
  for (const name of Object.keys(weights)) {
    const expected = start[`e.${name}`]!.map((e, i) => 0.9 * e + 0.1 * end[`w.${name}`]![i]!);
    expect(end[`e.${name}`]).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-7 });
  }
  const student = program.run("logits", { images }).logits.dataSync();
  const teacher = program.run("emaLogits", { images }).logits.dataSync();
  expect(teacher).not.toEqual(student);
  program.run("trainStep", { images, ...rest, decay: tf.scalar(0) });
  expect(program.run("emaLogits", { images }).logits.dataSync()).toEqual(
    program.run("logits", { images }).logits.dataSync(),
  );
});

describe("graphs", () => {
  test("are built once for all declared inputs", () => {
    const variables = makeVariables("mlp");
    const program = compileProgram({
      variables,
      entries: makeEntries("mlp", variables),
      specs: { logits: [4, 8].map((n) => ({ images: { shape: [n, 6] } })) },
    });
    for (const n of [4, 8]) program.run("logits", { images: makeBatch("mlp", n).images });
    expect(program.stats()).toMatchObject({ graphs: 2, builds: 1 });
    expect(program.stats().nodes).toBeGreaterThan(10);
  });

  test("are dropped, the least recently used first", () => {
    const x = tf.variable(tf.scalar(2));
    let calls = 0;
    const program = compileProgram({
      variables: { x },
      maxGraphs: 2,
      entries: {
        double: ({ a }: { a: tf.Tensor1D }) => {
          calls++;
          return { b: tf.mul(a, x) as tf.Tensor1D };
        },
      },
    });
    const run = (n: number) => program.run("double", { a: tf.ones([n]) }).b.dataSync().length;
    const recordings = [1, 2, 1, 3, 1, 2].map((n) => {
      calls = 0;
      expect(run(n)).toBe(n);
      return calls > 0;
    });
    expect(recordings).toEqual([true, true, false, true, false, true]);
    expect(program.stats().graphs).toBe(2);
  });

  test("leave no folder behind", () => {
    const folder = mkdtempSync(join(tmpdir(), "sd-folders-"));
    vi.stubEnv("TMPDIR", folder);
    const x = tf.variable(tf.scalar(2));
    const program = compileProgram({ variables: { x }, entries: { x: () => ({ x: tf.neg(x) }) } });
    program.run("x", {});
    expect(readdirSync(folder)).toEqual([]);
    program.dispose();
    vi.unstubAllEnvs();
    rmdirSync(folder);
  });
});

describe("constants", () => {
  test("of the step and small ones from outside are frozen", () => {
    const half = tf.scalar(0.5);
    const mask = tf.tensor1d([1, 0, 1]);
    const x = tf.variable(tf.tensor1d([2, 4, 6]));
    const entries = {
      step: () => ({ y: tf.mul(tf.mul(tf.mul(x, half), mask), tf.tensor1d([1, 2, 3])) }),
    };
    const program = compileProgram({ variables: { x }, entries });
    expect(program.run("step", {}).y.dataSync()).toEqual(Float32Array.of(1, 0, 9));
    tf.dispose([half, mask]);
    expect(program.run("step", {}).y.dataSync()).toEqual(Float32Array.of(1, 0, 9));
  });

  test("that are filled with one value keep their sign and their dtype", () => {
    const x = tf.variable(tf.tensor1d([1, 2]));
    const program = compileProgram({
      variables: { x },
      entries: {
        step: () => ({
          zeros: tf.div(1, tf.add(tf.mul(x, 0), tf.fill([2], -0))) as tf.Tensor,
          large: tf.sum(tf.fill([300, 300], 0.5)) as tf.Tensor,
          ints: tf.fill([3], 7, "int32") as tf.Tensor,
          bools: tf.logicalAnd(
            tf.ones([2], "bool"),
            tf.tensor1d([true, false], "bool"),
          ) as tf.Tensor,
        }),
      },
    });
    const { large, ints, bools } = program.run("step", {});
    expect(large.dataSync()[0]).toBe(45_000);
    expect([...ints.dataSync()]).toEqual([7, 7, 7]);
    expect([...bools.dataSync()]).toEqual([1, 0]);
  });

  test("made inside of the step stay usable outside of it", () => {
    const x = tf.variable(tf.scalar(1));
    let kept: tf.Tensor | undefined;
    const program = compileProgram({
      variables: { x },
      entries: {
        step: () => {
          kept ??= tf.keep(tf.tensor1d([1, 2, 3]));
          return { y: tf.mul(x, kept) };
        },
      },
    });
    program.run("step", {});
    expect([...tf.add(kept!, 1).dataSync()]).toEqual([2, 3, 4]);
  });
});
