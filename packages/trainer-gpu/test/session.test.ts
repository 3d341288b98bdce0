import { describe, expect, test } from "vitest";
import { packWeights, unpackWeights } from "../src/checkpoint.ts";
import { openEngine } from "../src/engine.ts";
import type { Signal } from "../src/methods/method.ts";
import { lenet } from "../src/models/lenet.ts";
import { initialWeights } from "../src/models/model.ts";
import { Session } from "../src/session.ts";
import type { SessionOptions, StepInputs } from "../src/session-options.ts";
import { fixture, formula, formulaTensors, summary } from "./formula.ts";
import { missingNative } from "./native-engine.ts";
import { difference, updateDistance } from "./update-distance.ts";

const network = lenet({ input: [28, 28, 1], classes: 10 });
const optimizer = { momentum: 0.9, weightDecay: 5e-4 };

function session(options: Partial<SessionOptions> & { signals?: Signal[] } = {}): Session {
  const { signals = [], ...rest } = options;
  return new Session({
    model: network,
    method: { name: "test", signals },
    optimizer,
    batchSize: 8,
    predictBatchSize: 8,
    initial: unpackWeights(network, formulaTensors()),
    ...rest,
  });
}

const images = (salt: number, rows: number): Float32Array => formula(salt, rows * 784, 1);

/** A batch whose targets are one-hot with a little on the next class. */
function batch(salt: number, rows: number): StepInputs {
  const targets = new Float32Array(rows * 10);
  for (let i = 0; i < rows; i++) {
    targets[i * 10 + ((i * 7 + salt) % 10)] = 0.9;
    targets[i * 10 + ((i * 7 + salt + 1) % 10)] = Math.fround(0.1);
  }
  return { images: images(salt, rows), targets, learningRate: 0.05, step: 1, emaDecay: 0.9 };
}

/** One array a parameter, in PyTorch's layout. */
function inTorchLayout(of: (name: string) => Float32Array): Record<string, Float32Array> {
  const arrays = Object.fromEntries(network.parameters.map(({ name }) => [name, of(name)]));
  return Object.fromEntries(
    Object.entries(packWeights(network, arrays)).map(([name, { data }]) => [
      name,
      data as Float32Array,
    ]),
  );
}

describe.each(["native", "wasm"] as const)("on %s", (engine) => {
  const open = async (ctx: { skip(note: string): void }): Promise<void> => {
    if (engine === "native" && missingNative !== undefined) ctx.skip(missingNative);
    await openEngine({ name: engine, install: false });
  };

  test("logits equal PyTorch's", async (ctx) => {
    await open(ctx);
    const s = session();
    const logits = await s.predict(images(100, 8));
    expect(logits).toBeAllclose(fixture.logits, { rtol: 1e-4, atol: 1e-5 });
    s.dispose();
  });

  test.each(Object.entries(fixture.methods))(
    "%s: the loss of its targets, and every gradient, equal PyTorch's",
    async (name, expected) => {
      await open({ skip: () => {} });
      const s = session({ optimizer: { momentum: 0 } });
      const before = await s.read();
      const targets = Float32Array.from(fixture.targets[name as keyof typeof fixture.targets]);
      const { loss } = await s.step({ images: images(100, 8), targets, learningRate: 1, step: 1 });
      expect(loss).toBeAllclose(expected.loss, { rtol: 1e-5 });
      // With learning rate 1 and no momentum the update is minus the gradient.
      const after = await s.read();
      const gradients = inTorchLayout((name) =>
        difference(before[`weights/${name}`]!, after[`weights/${name}`]!),
      );
      for (const [parameter, wanted] of Object.entries(expected.gradients)) {
        const { norm: length, projections } = summary(gradients[parameter]!);
        expect(length).toBeAllclose(wanted.norm, { rtol: 1e-4 });
        expect(projections).toBeAllclose(wanted.projections, {
          rtol: 1e-3,
          atol: 1e-3 * wanted.norm,
        });
      }
      s.dispose();
    },
  );

  test("three steps of momentum with weight decay equal torch.optim.SGD's", async (ctx) => {
    await open(ctx);
    const s = session();
    const targets = Float32Array.from(fixture.targets["label-smoothing"]);
    const losses: number[] = [];
    for (let i = 0; i < 3; i++) {
      const inputs = { images: images(100, 8), targets, learningRate: 0.05, step: i + 1 };
      losses.push((await s.step(inputs)).loss);
    }
    expect(losses).toBeAllclose(fixture.updates.losses, { rtol: 1e-5 });
    const values = await s.read();
    const weights = inTorchLayout((name) => values[`weights/${name}`]!);
    for (const [name, wanted] of Object.entries(fixture.updates.weights)) {
      const { norm: length, projections } = summary(weights[name]!);
      expect(length).toBeAllclose(wanted.norm, { rtol: 1e-5 });
      expect(projections).toBeAllclose(wanted.projections, {
        rtol: 1e-4,
        atol: 1e-4 * wanted.norm,
      });
    }
    s.dispose();
  });

  test("row weights scale the rows of the loss, and the mean is over n", async (ctx) => {
    await open(ctx);
    const s = session();
    const inputs = batch(1, 8);
    const weights = new Float32Array(8);
    weights[2] = 4;
    const { loss, logits } = await s.step({ ...inputs, weights, learningRate: 0 });
    const row = logits.subarray(20, 30);
    const lse = Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    const ce = inputs.targets.subarray(20, 30).reduce((sum, t, c) => sum + t * (lse - row[c]!), 0);
    expect(loss).toBeAllclose((4 * ce) / 8, { rtol: 1e-5 });
    s.dispose();
  });

  test("the moving average starts at the weights and follows them", async (ctx) => {
    await open(ctx);
    const s = session({ signals: ["ema"] });
    const start = await s.read();
    const { ema } = await s.signals(images(5, 8));
    expect(ema).toBeAllclose(await s.predict(images(5, 8)), { rtol: 1e-6, atol: 1e-6 });
    await s.step(batch(1, 8));
    const values = await s.read();
    for (const { name } of network.parameters) {
      const expected = start[`ema/${name}`]!.map(
        (e, i) => 0.9 * e + 0.1 * values[`weights/${name}`]![i]!,
      );
      expect(values[`ema/${name}`]).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-7 });
    }
    s.dispose();
  });

  test("decay 1 freezes the average, decay 0 copies the weights", async (ctx) => {
    await open(ctx);
    const s = session({ signals: ["ema"] });
    const start = await s.read();
    await s.step({ ...batch(1, 8), emaDecay: 1 });
    expect((await s.read())["ema/conv1.weight"]).toEqual(start["ema/conv1.weight"]);
    await s.step({ ...batch(2, 8), emaDecay: 0 });
    const values = await s.read();
    expect(values["ema/conv1.weight"]).toEqual(values["weights/conv1.weight"]);
    s.dispose();
  });

  test("the teacher does not move, and gives its own logits", async (ctx) => {
    await open(ctx);
    const teacher = initialWeights(network, 9);
    const s = session({ signals: ["teacher"], teacher });
    const alone = session({ initial: teacher });
    const wanted = await alone.predict(images(3, 8));
    await s.step(batch(1, 8));
    expect((await s.signals(images(3, 8))).teacher).toBeAllclose(wanted, {
      rtol: 1e-6,
      atol: 1e-6,
    });
    s.dispose();
    alone.dispose();
  });
});

test("a method that needs a teacher and has none is refused", async () => {
  await openEngine({ name: "cpu" });
  expect(() => session({ signals: ["teacher"] })).toThrow(
    "test needs a teacher, and none was given",
  );
});

test("weights of another network are refused by name", async () => {
  await openEngine({ name: "cpu" });
  const initial = { ...initialWeights(network, 0), "fc2.bias": new Float32Array(3) };
  expect(() => session({ initial })).toThrow("tensor `fc2.bias`: expected 10 numbers, got 3");
});

test("replayed and called steps agree from one state, at step 1 and at step 20", async (ctx) => {
  if (missingNative !== undefined) ctx.skip(missingNative);
  await openEngine({ name: "native", install: false });
  const options = {
    batchSize: 64,
    signals: ["ema"] as Signal[],
    initial: initialWeights(network, 3),
  };
  const replayed = session(options);
  const called = session({ ...options, mode: "eager" });
  expect([replayed.mode, called.mode]).toEqual(["recorded", "eager"]);
  for (let step = 1; step <= 20; step++) {
    const before = await replayed.read();
    if (step === 1 || step === 20) {
      called.write(before);
      const a = await replayed.step(batch(step, 64));
      const b = await called.step(batch(step, 64));
      expect(a.loss).toBeAllclose(b.loss, { rtol: 1e-5 });
      expect(a.logits).toBeAllclose(b.logits, { rtol: 1e-4, atol: 1e-5 });
      expect(updateDistance(before, await called.read(), await replayed.read())).toBeLessThan(1e-4);
    } else {
      await replayed.step(batch(step, 64));
    }
  }
  replayed.dispose();
  called.dispose();
});

test("native and wasm agree over five steps", async (ctx) => {
  if (missingNative !== undefined) ctx.skip(missingNative);
  const losses: Record<string, number[]> = { native: [], wasm: [] };
  for (const engine of ["native", "wasm"] as const) {
    await openEngine({ name: engine, install: false });
    const s = session({ batchSize: 32, initial: initialWeights(network, 4) });
    for (let step = 0; step < 5; step++) losses[engine]!.push((await s.step(batch(step, 32))).loss);
    s.dispose();
  }
  expect(losses.wasm).toBeAllclose(losses.native!, { rtol: 1e-4 });
});
