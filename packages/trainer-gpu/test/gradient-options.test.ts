// What happens to gradients between the network and the update rule.
import { beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../src/engine.ts";
import { initialWeights } from "../src/models/model.ts";
import { createModel } from "../src/models/table.ts";
import { Session } from "../src/session.ts";
import type { SessionOptions, StepInputs } from "../src/session-options.ts";
import type { Arrays } from "../src/session-variables.ts";
import { formula } from "./formula.ts";
import { missingNative } from "./native-engine.ts";

const ROWS = 12;
const model = createModel("mlp", { input: [4, 4, 1], classes: 3 });

beforeAll(() => openEngine({ name: missingNative ? "cpu" : "native", install: false }));

function session(options: Partial<SessionOptions>): Session {
  return new Session({
    model,
    method: { name: "test", signals: [] },
    optimizer: {},
    batchSize: ROWS,
    predictBatchSize: ROWS,
    initial: initialWeights(model, 1),
    ...options,
  });
}

function batch(step: number): StepInputs {
  const targets = new Float32Array(ROWS * 3);
  for (let i = 0; i < ROWS; i++) targets[i * 3 + (i % 3)] = 1;
  const weights = Float32Array.from({ length: ROWS }, (_, i) => 0.5 + (i % 4));
  return { images: formula(step, ROWS * 16, 1), targets, weights, learningRate: 0.1, step };
}

/** All variables after a few steps, and the last step's loss and logits. */
async function run(options: Partial<SessionOptions>): Promise<{
  values: Arrays;
  last: { loss: number; logits: Float32Array };
}> {
  const s = session(options);
  for (const step of [1, 2]) await s.step(batch(step));
  const last = await s.step(batch(3));
  const values = await s.read();
  s.dispose();
  return { values, last };
}

describe("batches in parts", () => {
  test.each([
    ["momentum", {}],
    ["adamw", {}],
    ["momentum", { clipNorm: 0.1 }],
  ] as const)("give the same steps: %s %j", async (name, gradient) => {
    const optimizer = { name, ...gradient } as SessionOptions["optimizer"];
    const whole = await run({ optimizer });
    for (const parts of [3, 12]) {
      const { values, last } = await run({ optimizer, parts });
      expect(last.loss).toBeAllclose(whole.last.loss, { rtol: 1e-5 });
      expect(last.logits).toBeAllclose(whole.last.logits, { rtol: 1e-4, atol: 1e-4 });
      for (const [variable, value] of Object.entries(whole.values)) {
        expect(values[variable]).toBeAllclose(value, { rtol: 1e-4, atol: 1e-4 });
      }
    }
  });

  test("must divide the batch", () => {
    expect(() => session({ parts: 5 })).toThrow("`parts`: expected a divisor of the batch size 12");
  });
});

test("clipped gradients together have the norm that is allowed", async () => {
  const s = session({ optimizer: { momentum: 0, clipNorm: 0.01 } });
  await s.step(batch(1));
  const squares = Object.entries(await s.read())
    .filter(([name]) => name.startsWith("optimizer.velocity/"))
    .flatMap(([, value]) => Array.from(value, (x) => x * x));
  const norm = Math.sqrt(squares.reduce((a, b) => a + b, 0));
  // PyTorch's 1e-6 in the denominator makes it a little less.
  expect(norm).toBeAllclose(0.01, { rtol: 1e-4 });
  s.dispose();
});

test("kinds without weight decay move as if there were none, the others do not", async () => {
  const first = async (weightDecay: number): Promise<Arrays> => {
    const s = session({ optimizer: { weightDecay, withoutDecay: ["bias", "norm"] } });
    await s.step(batch(1));
    const values = await s.read();
    s.dispose();
    return values;
  };
  const [bare, decayed] = [await first(0), await first(0.5)];
  expect(decayed["weights/fc1.bias"]).toEqual(bare["weights/fc1.bias"]);
  expect(decayed["weights/fc1.weight"]).not.toEqual(bare["weights/fc1.weight"]);
});
