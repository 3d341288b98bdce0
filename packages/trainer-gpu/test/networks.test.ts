// Each network against PyTorch: its tensors, its logits in both modes, every gradient, the running
// statistics.
import { parameterCount } from "@sd/trainer-gpu";
import { describe, expect, test } from "vitest";
import { packWeights } from "../src/checkpoint.ts";
import { openEngine } from "../src/engine.ts";
import { Session } from "../src/session.ts";
import type { Arrays } from "../src/session-variables.ts";
import { type Summary, summary } from "./formula.ts";
import { missingNative } from "./native-engine.ts";
import {
  BATCHES_SEEN,
  formulaBatch,
  formulaWeights,
  loadFixture,
  modelOf,
  toSummary,
} from "./network-fixtures.ts";
import { missingWebgpu } from "./webgpu-engine.ts";

const NETWORKS = [
  "resnet-8",
  "resnet-20",
  "resnet-56",
  "resnet-18",
  "resnet-34",
  "preact-resnet-18",
  "wide-resnet-16-4",
  "densenet-bc-100-12",
];
const CASES = [
  ...NETWORKS.map((name) => ["native", name] as const),
  ["webgpu", "resnet-8"] as const,
  ["wasm", "resnet-8"] as const,
];

describe.each(NETWORKS)("%s", (name) => {
  const fixture = loadFixture(name);
  const model = modelOf(name, fixture);

  test("has PyTorch's parameters: names, order, shapes and number", () => {
    const shapes = model.parameters.map(({ name: of, torch }) => [of, torch.shape]);
    expect(shapes).toEqual(Object.entries(fixture.shapes));
    expect(parameterCount(model)).toBe(fixture.count);
  });

  test("its checkpoint has the entries of PyTorch's state_dict, with their types", () => {
    const packed = packWeights(model, formulaWeights(model, fixture));
    const statistics = Object.keys(fixture.statistics);
    const counts = statistics
      .filter((key) => key.endsWith("running_mean"))
      .map((key) => key.replace("running_mean", "num_batches_tracked"));
    const wanted = [...Object.keys(fixture.shapes), ...statistics, ...counts];
    expect(Object.keys(packed).sort()).toEqual(wanted.sort());
    for (const count of counts) {
      expect(packed[count]).toEqual({
        dtype: "I64",
        shape: [],
        data: BigInt64Array.of(BigInt(BATCHES_SEEN)),
      });
    }
  });
});

/** Equal up to a part of the tensor's norm, in every direction that is looked at. */
function expectSummary(data: Float32Array, expected: Summary, tolerance: number): void {
  const { norm, sum, projections } = summary(data);
  expect(norm).toBeAllclose(expected.norm, { rtol: tolerance });
  const atol = tolerance * expected.norm;
  expect([sum, ...projections]).toBeAllclose([expected.sum, ...expected.projections], {
    rtol: tolerance,
    atol,
  });
}

describe.each(CASES)("on %s, %s", (engine, name) => {
  test("logits, loss, gradients and running statistics equal PyTorch's", async (ctx) => {
    if (engine === "native" && missingNative !== undefined) ctx.skip(missingNative);
    if (engine === "webgpu" && missingWebgpu !== undefined) ctx.skip(missingWebgpu);
    await openEngine({ name: engine, install: false });
    const fixture = loadFixture(name);
    const model = modelOf(name, fixture);
    const { rows } = fixture;
    const session = new Session({
      model,
      method: { name: "test", signals: [] },
      optimizer: { momentum: 0.9 },
      batchSize: rows,
      predictBatchSize: rows,
      initial: formulaWeights(model, fixture),
    });
    const batch = formulaBatch(fixture, fixture.salt);
    const near = { rtol: 1e-4, atol: 1e-4 };
    expect(await session.predict(batch.images)).toBeAllclose(fixture.evaluation, near);
    const { loss, logits } = await session.step(batch);
    expect(loss).toBeAllclose(fixture.loss, { rtol: 1e-5 });
    expect(logits).toBeAllclose(fixture.training, near);

    const values = await session.read();
    const arrays = (role: string): Arrays =>
      Object.fromEntries(
        Object.entries(values)
          .filter(([key]) => key.startsWith(`${role}/`))
          .map(([key, value]) => [key.slice(role.length + 1), value]),
      );
    // After the first step the velocity is the gradient.
    const { parameters, buffers } = model;
    const velocity = arrays("optimizer.velocity");
    const gradients = packWeights({ parameters, buffers: [] }, velocity);
    for (const [key, numbers] of Object.entries(fixture.gradients)) {
      expectSummary(gradients[key]!.data as Float32Array, toSummary(numbers), 1e-4);
    }
    const state = packWeights({ parameters: [], buffers }, arrays("weights"));
    for (const [key, numbers] of Object.entries(fixture.statistics)) {
      expectSummary(state[key]!.data as Float32Array, toSummary(numbers), 1e-5);
      const count = state[key.replace(/running_\w+$/, "num_batches_tracked")]!.data;
      expect(count).toEqual(BigInt64Array.of(BigInt(BATCHES_SEEN + 1)));
    }
    session.dispose();
  });
});
