// Which epoch is the best, and when training ends before its last.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { negativeLogLikelihood } from "@sd/metrics";
import { readRun } from "@sd/runs";
import { findEngine } from "@sd/tfjs-native";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { TrainOptions } from "../src/config.ts";
import { improves } from "../src/criterion.ts";
import { type Engine, openEngine } from "../src/engine.ts";
import { train } from "../src/train.ts";
import { outcome, stopAt } from "./outcome.ts";
import { smallRun } from "./small-run.ts";

const name = (await findEngine()) === undefined ? "wasm" : "native";
let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await openEngine({ name, install: false });
});
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "sd-stopping-")), "run");
});

/** Overfits within a few epochs: the validation loss rises again. */
const options = (changes: Partial<TrainOptions> = {}): TrainOptions => ({
  ...smallRun(folder, engine, "cross-entropy", "mlp"),
  epochs: 40,
  optimizer: { learningRate: 0.2, momentum: 0.9 },
  schedule: { name: "constant" },
  ...changes,
});

test.each<[Parameters<typeof improves>, boolean]>([
  [["accuracy", 0.5, undefined], true],
  [["accuracy", 0.5, 0.5], false],
  [["accuracy", 0.6, 0.5], true],
  [["accuracy", 0.6, 0.5, 0.2], false],
  [["nll", 0.4, 0.5], true],
  [["nll", 0.4, 0.5, 0.25], false],
  [["nll", Number.NaN, 0.5], false],
  [["nll", 0.5, Number.NaN], true],
])("improves(%j) is %j", (args, expected) => {
  expect(improves(...args)).toBe(expected);
});

test.each(["accuracy", "nll"] as const)("the best epoch is chosen by %s", async (bestBy) => {
  await train(options({ epochs: 8, bestBy }));
  const { status, metrics, config, predictions } = await readRun(folder);
  const scores = metrics.map((row) =>
    bestBy === "nll" ? -Number(row.validationNll) : Number(row.validationAccuracy),
  );
  expect(status.bestEpoch).toBe(scores.indexOf(Math.max(...scores)));
  expect(config.bestBy).toBe(bestBy);
  const { logits, labels, shape } = await predictions("validation");
  expect(negativeLogLikelihood(logits, labels, shape)).toBe(status.validationNll);
});

describe("early stopping", () => {
  const earlyStopping = { patience: 2, metric: "nll", minDelta: 0.001 } as const;

  test("ends the run after so many epochs without an improvement", async () => {
    await train(options({ earlyStopping }));
    const { status, metrics, config } = await readRun(folder);
    const nll = metrics.map((row) => Number(row.validationNll));
    let reference = 0;
    const last = nll.findIndex((value, epoch) => {
      if (value < nll[reference]! - 0.001) reference = epoch;
      return epoch - reference === 2;
    });
    expect(last).toBeGreaterThan(2);
    expect(last).toBeLessThan(39);
    expect(metrics).toHaveLength(last + 1);
    expect(status).toMatchObject({ state: "done", stoppedEarly: true, epochs: last + 1 });
    expect(config.earlyStopping).toEqual(earlyStopping);
  });

  test("takes the best epoch's criterion, and any improvement, where nothing is said", async () => {
    await train(options({ epochs: 1, bestBy: "nll", earlyStopping: { patience: 3 } }));
    const { config, status } = await readRun(folder);
    expect(config.earlyStopping).toEqual({ patience: 3, metric: "nll", minDelta: 0 });
    expect(status).not.toHaveProperty("stoppedEarly");
  });

  test("counts on over an interruption", async () => {
    await train(options({ folder: `${folder}-whole`, earlyStopping }));
    const { metrics } = await readRun(`${folder}-whole`);
    const last = metrics.at(-1)!.epoch;
    for (const [epoch, step] of [
      [last - 1, 3],
      [last, 6],
    ] as const) {
      const stopped = await train(options({ earlyStopping, ...stopAt(epoch, step) }));
      expect(stopped.state).toBe("stopped");
    }
    expect((await train(options({ earlyStopping }))).state).toBe("done");
    expect(await outcome(folder)).toEqual(await outcome(`${folder}-whole`));
  });

  test.each([
    [{ patience: 0 }, "`earlyStopping.patience`: expected a positive integer, got 0"],
    [{ patience: 1, minDelta: -1 }, "`earlyStopping.minDelta`: expected a non-negative number"],
    [
      { patience: 1, metric: "loss" as never },
      "`earlyStopping.metric`: expected one of accuracy, nll, got loss",
    ],
  ])("%j is refused", async (bad, message) => {
    await expect(train(options({ earlyStopping: bad }))).rejects.toThrow(message);
  });

  test("so are an unknown criterion of the best epoch and no checkpoint to keep", async () => {
    await expect(train(options({ bestBy: "ece" as never }))).rejects.toThrow("`bestBy`");
    await expect(train(options({ keepLast: 0 }))).rejects.toThrow("`keepLast`");
  });
});
