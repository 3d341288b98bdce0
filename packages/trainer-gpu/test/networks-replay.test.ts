// Steps replayed as a graph against the same steps called op by op, from one and the same state.
import { describe, expect, test } from "vitest";
import { openEngine } from "../src/engine.ts";
import { initialWeights } from "../src/models/model.ts";
import { createModel, models } from "../src/models/table.ts";
import { Session } from "../src/session.ts";
import type { StepInputs } from "../src/session-options.ts";
import type { Arrays } from "../src/session-variables.ts";
import { missingNative } from "./native-engine.ts";
import { formulaBatch, loadFixture, type NetworkFixture } from "./network-fixtures.ts";
import { updateDistance } from "./update-distance.ts";

const NETWORKS = Object.keys(models);
/** Networks without a fixture take images of one channel. */
const GREY = { input: [28, 28, 1], rows: 8 } as const;
const batchOf = (name: string): Pick<NetworkFixture, "input" | "rows"> =>
  name === "mlp" || name === "lenet" ? GREY : loadFixture(name);
const STEPS = 20;
const TOLERANCE = 1e-4;

/**
 * The same step in both sessions, from the state `before`: how far apart they end. The losses must
 * agree in any case.
 */
async function compare(
  before: Arrays,
  [replayed, called]: readonly [Session, Session],
  batch: StepInputs,
): Promise<number> {
  replayed.write(before);
  called.write(before);
  const a = await replayed.step(batch);
  const b = await called.step(batch);
  expect(a.loss).toBeAllclose(b.loss, { rtol: 1e-5 });
  return updateDistance(before, await called.read(), await replayed.read());
}

/**
 * The least distance over a few batches, the first that is small enough ending the search: the
 * graph's fused operations round in another way, and a pre-activation that is 0 but for rounding
 * then turns a path of the gradient on or off.
 */
async function leastDistance(
  sessions: readonly [Session, Session],
  batches: readonly StepInputs[],
): Promise<number> {
  const before = await sessions[0].read();
  let least = Infinity;
  for (const batch of batches) {
    least = Math.min(least, await compare(before, sessions, batch));
    if (least < TOLERANCE) break;
  }
  return least;
}

describe.each(NETWORKS)("%s", (name) => {
  test("replayed and called steps agree at step 1 and at step 20", async (ctx) => {
    if (missingNative !== undefined) ctx.skip(missingNative);
    await openEngine({ name: "native", install: false });
    const { input, rows } = batchOf(name);
    const model = createModel(name, { input, classes: 10 });
    const options = {
      model,
      method: { name: "test", signals: [] },
      optimizer: { weightDecay: 1e-4 },
      batchSize: rows,
      predictBatchSize: rows,
      initial: initialWeights(model, 1),
    };
    const sessions = [new Session(options), new Session({ ...options, mode: "eager" })] as const;
    const [replayed] = sessions;
    expect(sessions.map(({ mode }) => mode)).toEqual(["recorded", "eager"]);
    const batch = (salt: number, step: number, learningRate: number): StepInputs => ({
      ...formulaBatch({ input, rows }, salt),
      step,
      learningRate,
    });
    // With rate 1 the updates are large beside the rounding of the weights themselves.
    const candidates = (step: number): StepInputs[] =>
      [3000, 4000, 5000].map((salt) => batch(salt + step, step, 1));

    expect(await leastDistance(sessions, candidates(1))).toBeLessThan(TOLERANCE);
    for (let step = 2; step < STEPS; step++) await replayed.step(batch(3000 + step, step, 0.05));
    expect(await leastDistance(sessions, candidates(STEPS))).toBeLessThan(TOLERANCE);
    for (const session of sessions) session.dispose();
  });
});
