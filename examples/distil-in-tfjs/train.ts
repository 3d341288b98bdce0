// A training loop of one's own. It knows nothing of distillation: a batch's loss is handed in.
import { createRng, permutation } from "@sd/math/random";
import * as tf from "@tensorflow/tfjs";
import { forward, type Network, variablesOf } from "./network.ts";
import { type Points, select } from "./points.ts";

export interface TrainOptions {
  readonly epochs: number;
  readonly seed: number;
  /** `[m]` losses of the batch that has the rows `rows` of the training set. */
  readonly loss: (logits: tf.Tensor2D, batch: Points, rows: Int32Array) => tf.Tensor1D;
}

const BATCH = 20;

/** Trains with momentum, in place. Returns the mean loss of each epoch. */
export function train(network: Network, points: Points, options: TrainOptions): number[] {
  const { epochs, seed, loss } = options;
  const optimizer = tf.train.momentum(0.05, 0.9);
  const history: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(createRng(seed).fork("order", epoch), points.n);
    let total = 0;
    for (let start = 0; start < points.n; start += BATCH) {
      const rows = order.subarray(start, start + BATCH);
      const batch = select(points, rows);
      tf.tidy(() => {
        const x = tf.tensor2d(batch.x, [batch.n, 2]);
        const mean = (): tf.Scalar => tf.mean(loss(forward(network, x), batch, rows));
        const value = optimizer.minimize(mean, true, variablesOf(network))!;
        total += value.dataSync()[0]! * batch.n;
      });
    }
    history.push(total / points.n);
  }
  optimizer.dispose();
  return history;
}
