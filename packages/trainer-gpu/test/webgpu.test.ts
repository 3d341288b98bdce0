// WebGPU against the native engine, or wasm where that is not installed: one step, and a run.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRun } from "@sd/runs";
import { beforeEach, describe, expect, test } from "vitest";
import { openEngine } from "../src/engine.ts";
import { initialWeights, type Model, sizeOf } from "../src/models/model.ts";
import { createModel } from "../src/models/table.ts";
import { Session } from "../src/session.ts";
import type { StepInputs, StepResult } from "../src/session-options.ts";
import type { Arrays } from "../src/session-variables.ts";
import { train } from "../src/train.ts";
import { formula } from "./formula.ts";
import { missingNative } from "./native-engine.ts";
import { smallRun } from "./small-run.ts";
import { updateDistance } from "./update-distance.ts";
import { missingWebgpu } from "./webgpu-engine.ts";

const REFERENCE = missingNative === undefined ? "native" : "wasm";
const ROWS = 8;

function batchOf({ input, classes }: Model): StepInputs {
  const targets = new Float32Array(ROWS * classes);
  for (let i = 0; i < ROWS; i++) {
    targets[i * classes + ((i * 7) % classes)] = 0.9;
    targets[i * classes + ((i * 7 + 1) % classes)] = Math.fround(0.1);
  }
  const images = formula(5, ROWS * sizeOf(input), 1);
  return { images, targets, learningRate: 0.05, step: 1, emaDecay: 0.9 };
}

interface Step extends StepResult {
  readonly before: Arrays;
  readonly after: Arrays;
  readonly ema: Float32Array;
}

/** Signals, one step with momentum and weight decay, and all variables before and after it. */
async function stepOn(engine: string, model: Model): Promise<Step> {
  await openEngine({ name: engine, install: false });
  const session = new Session({
    model,
    method: { name: "test", signals: ["ema"] },
    optimizer: { momentum: 0.9, weightDecay: 5e-4 },
    batchSize: ROWS,
    predictBatchSize: ROWS,
    initial: initialWeights(model, 4),
  });
  const batch = batchOf(model);
  const before = await session.read();
  const { ema } = await session.signals(batch.images);
  const result = await session.step(batch);
  const after = await session.read();
  session.dispose();
  return { ...result, before, after, ema: ema! };
}

async function runOn(engine: string): Promise<{ losses: number[]; status: string }> {
  const folder = join(await mkdtemp(join(tmpdir(), "sd-webgpu-")), "run");
  const opened = await openEngine({ name: engine, install: false });
  await train({ ...smallRun(folder, opened, "beta-smoothing", "lenet"), epochs: 2 });
  const { metrics, status, manifest } = await readRun(folder);
  expect(manifest.engine).toBe(engine);
  return { losses: metrics.map((row) => Number(row.trainLoss)), status: status.state };
}

const where = missingWebgpu === undefined ? "" : ` (skipped: ${missingWebgpu})`;

describe(`webgpu against ${REFERENCE}${where}`, () => {
  beforeEach((context) => {
    if (missingWebgpu !== undefined) context.skip(missingWebgpu);
  });

  test.each([
    ["lenet", [28, 28, 1]],
    ["resnet-8", [16, 16, 3]],
  ] as const)("one step of %s", async (name, input) => {
    const model = createModel(name, { input, classes: 10 });
    const expected = await stepOn(REFERENCE, model);
    const actual = await stepOn("webgpu", model);
    expect(actual.loss).toBeAllclose(expected.loss, { rtol: 1e-4 });
    expect(actual.logits).toBeAllclose(expected.logits, { rtol: 1e-4, atol: 1e-4 });
    expect(actual.ema).toBeAllclose(expected.ema, { rtol: 1e-4, atol: 1e-4 });
    expect(Object.keys(actual.after)).toEqual(Object.keys(expected.after));
    expect(updateDistance(expected.before, expected.after, actual.after)).toBeLessThan(1e-4);
  });

  test("a run of two epochs", async () => {
    const expected = await runOn(REFERENCE);
    const actual = await runOn("webgpu");
    expect(actual.status).toBe("done");
    expect(actual.losses).toHaveLength(2);
    // Rounding grows from step to step.
    expect(actual.losses).toBeAllclose(expected.losses, { rtol: 1e-3 });
  });
});
