import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { compileProgram } from "../src/index.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function counter() {
  const total = tf.variable(tf.tensor1d([1, 2]));
  const flag = tf.variable(tf.tensor1d([true, false], "bool"));
  const program = compileProgram({
    variables: { total, flag },
    entries: {
      add({ by }: { by: tf.Tensor1D }) {
        tf.mul(by, 2);
        total.assign(tf.add(total, by));
        return { by, total: total as unknown as tf.Tensor1D };
      },
      fail() {
        tf.ones([3]);
        throw new RangeError("broken");
      },
    },
  });
  return { program, total, flag };
}

test("the variables are the program's own", () => {
  const { program, total } = counter();
  expect(program.mode).toBe("eager");
  program.run("add", { by: tf.tensor1d([1, 1]) });
  expect([...total.dataSync()]).toEqual([2, 3]);
  program.sync();
  program.write({ total: [7, 8], flag: [0, 5] });
  expect([...total.dataSync()]).toEqual([7, 8]);
  expect(program.read()).toEqual({ total: Float32Array.of(7, 8), flag: Uint8Array.of(0, 1) });
  expect(program.stats()).toEqual({ graphs: 0, nodes: 0, builds: 0 });
});

test("what is read is a copy", () => {
  const { program, total } = counter();
  const read = program.read(["total"]).total;
  read.fill(0);
  expect([...total.dataSync()]).toEqual([1, 2]);
});

test("outputs may be inputs and variables: disposing them leaves those alone", () => {
  const { program, total } = counter();
  const by = tf.tensor1d([1, 1]);
  const before = tf.memory().numTensors;
  const outputs = program.run("add", { by });
  expect(tf.memory().numTensors).toBe(before + 2);
  tf.dispose(outputs);
  expect(tf.memory().numTensors).toBe(before);
  expect([...by.dataSync(), ...total.dataSync()]).toEqual([1, 1, 2, 3]);
});

test("an output that was kept, or is given twice, is the caller's", () => {
  const program = compileProgram({
    variables: {},
    entries: {
      step() {
        const kept = tf.tidy(() => tf.keep(tf.ones([2])));
        return { a: kept, b: kept };
      },
    },
  });
  const before = tf.memory().numTensors;
  const { a, b } = program.run("step", {});
  a.dispose();
  expect([...b.dataSync()]).toEqual([1, 1]);
  b.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("a step that throws leaves no tensor behind and is named", () => {
  const { program } = counter();
  const before = tf.memory().numTensors;
  const error = expect.objectContaining({
    code: "ERR_STEP_FAILED",
    message: "entry `fail`: broken",
    cause: expect.any(RangeError),
  });
  expect(() => program.run("fail", {})).toThrow(error);
  expect(tf.memory().numTensors).toBe(before);
});

test("an optimiser's variables are refused as they are where steps are recorded", () => {
  const x = tf.variable(tf.scalar(1));
  const optimizer = tf.train.momentum(0.1, 0.9);
  const program = compileProgram({
    variables: { x },
    entries: {
      step: () => ({ loss: optimizer.minimize(() => tf.square(x), true, [x]) as tf.Tensor }),
    },
  });
  const error = expect.objectContaining({ code: "ERR_CREATED_VARIABLE" });
  expect(() => program.run("step", {})).toThrow(error);
});

test("the mode can be asked for", () => {
  const program = compileProgram({ variables: {}, entries: {}, mode: "eager" });
  expect(program.mode).toBe("eager");
});

test("values that are awaited equal those that are not, and are those of the call", async () => {
  const { program, total } = counter();
  const by = tf.tensor1d([1, 1]);
  const before = tf.memory().numTensors;
  const [outputs, read] = [program.valuesAsync("add", { by }), program.readAsync(["total"])];
  expect([...total.dataSync()]).toEqual([2, 3]);
  program.write({ total: [7, 8] });
  expect(await outputs).toEqual({ by: Float32Array.of(1, 1), total: Float32Array.of(2, 3) });
  expect(await read).toEqual({ total: Float32Array.of(2, 3) });
  expect(tf.memory().numTensors).toBe(before);
  expect(await program.readAsync()).toEqual(program.read());
});

test("what is awaited is a copy", async () => {
  const { program, total } = counter();
  (await program.readAsync(["total"])).total.fill(0);
  const by = tf.tensor1d([1, 1]);
  (await program.valuesAsync("add", { by })).by.fill(0);
  expect([...by.dataSync(), ...total.dataSync()]).toEqual([1, 1, 2, 3]);
});

test("errors of an awaited run reject, and name the entry", async () => {
  const { program } = counter();
  await expect(program.valuesAsync("fail", {})).rejects.toMatchObject({ code: "ERR_STEP_FAILED" });
  program.dispose();
  await expect(program.readAsync()).rejects.toMatchObject({ code: "ERR_DISPOSED_PROGRAM" });
});

test("on WebGPU without a canvas, values that are not awaited are refused before the step", async () => {
  const cpu = tf.findBackend("cpu");
  tf.registerBackend("webgpu", () => cpu);
  await tf.setBackend("webgpu");
  const { program, total } = counter();
  const refused = (instead: string) =>
    expect.objectContaining({
      code: "ERR_SYNC_READ",
      message: `values cannot be read without waiting on WebGPU here: await \`${instead}\``,
    });
  expect(() => program.values("add", { by: tf.tensor1d([1, 1]) })).toThrow(refused("valuesAsync"));
  expect(() => program.read()).toThrow(refused("readAsync"));
  expect([...total.dataSync()]).toEqual([1, 2]);
  await tf.setBackend("cpu");
});
