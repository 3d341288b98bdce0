// A session in training on fixed numbers, as the suites `step` and `memory` use it.
import { createModel, initialWeights, Session } from "@sd/trainer-gpu";

export const inputOf = (network: string): [number, number, number] =>
  network === "mlp" || network === "lenet" ? [28, 28, 1] : [32, 32, 3];

/** A session, and a step of it. */
export interface TrainingStep {
  readonly session: Session;
  /** Trains on the batch, after asking for the signals, if there are any; the loss. */
  readonly step: () => Promise<number>;
}

/**
 * A session with a batch of fixed numbers in the memory of JavaScript, as PyTorch has its batch in that of
 * Python: each step hands it over.
 */
export function createStep(
  network: string,
  batch: number,
  signals: readonly ("ema" | "teacher")[] = [],
): TrainingStep {
  const input = inputOf(network);
  const model = createModel(network, { input, classes: 10 });
  const session = new Session({
    model,
    method: { name: "bench", signals },
    optimizer: { momentum: 0.9, weightDecay: 1e-4 },
    batchSize: batch,
    predictBatchSize: batch,
    initial: initialWeights(model, 0),
    teacher: signals.includes("teacher") ? initialWeights(model, 1) : undefined,
  });
  const pixels = batch * input.reduce((a, b) => a * b, 1);
  const images = Float32Array.from(
    { length: pixels },
    (_, i) => ((i * 2_654_435_761) % 1000) / 500 - 1,
  );
  const targets = new Float32Array(batch * 10).fill(0.1);
  let count = 0;
  const step = async (): Promise<number> => {
    count++;
    if (signals.length > 0) await session.signals(images);
    const inputs = { images, targets, learningRate: 0.01, step: count, emaDecay: 0.9 };
    return (await session.step(inputs)).loss;
  };
  return { session, step };
}
