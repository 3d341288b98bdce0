// A training loop of one's own, once on the labels and once on the targets of beta smoothing.
import { BetaSmoother, trueClassConfidences } from "@sd/beta-smoothing";
import { createRng, permutation } from "@sd/math/random";
import * as tf from "@tensorflow/tfjs";
import { CLASSES, type Points } from "./blobs.ts";
import { createNetwork, forward, load, type Network, predict, read } from "./network.ts";

export interface TrainOptions {
  readonly epochs: number;
  readonly seed: number;
  /** Train on the targets of beta smoothing instead of the labels. */
  readonly smooth: boolean;
}

const BATCH = 30;

/** A batch in a random order: points `[m, 2]` and labels `[m]`. */
function gather({ x, labels }: Points, rows: Int32Array): { x: Float32Array; labels: Int32Array } {
  const points = new Float32Array(2 * rows.length);
  for (const [i, row] of rows.entries()) points.set(x.subarray(2 * row, 2 * row + 2), 2 * i);
  return { x: points, labels: Int32Array.from(rows, (row) => labels[row]!) };
}

/** One-hot rows, the targets of a plain loop. */
function oneHot(labels: Int32Array): Float32Array {
  const rows = new Float32Array(labels.length * CLASSES);
  for (const [i, c] of labels.entries()) rows[i * CLASSES + c] = 1;
  return rows;
}

/** A network trained with momentum on `points`. */
export function train(points: Points, { epochs, seed, smooth }: TrainOptions): Network {
  const network = createNetwork(seed);
  const optimizer = tf.train.momentum(0.1, 0.9);

  // What beta smoothing adds to the loop: the average of the weights, and a network to run it.
  const smoother = new BetaSmoother({ classes: CLASSES, seed });
  const averaged = createNetwork(seed);
  smoother.update(read(network));

  function targetsOf(x: Float32Array, labels: Int32Array): Float32Array {
    if (!smooth) return oneHot(labels);
    load(averaged, smoother.average);
    const shape = [labels.length, CLASSES];
    const confidences = trueClassConfidences(predict(averaged, x), labels, shape);
    return smoother.targets(confidences, labels, new Float32Array(labels.length * CLASSES)).targets;
  }

  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(createRng(seed).fork("order", epoch), points.n);
    for (let start = 0; start + BATCH <= points.n; start += BATCH) {
      const batch = gather(points, order.subarray(start, start + BATCH));
      const targets = targetsOf(batch.x, batch.labels);
      tf.tidy(() => {
        const x = tf.tensor2d(batch.x, [BATCH, 2]);
        const y = tf.tensor2d(targets, [BATCH, CLASSES]);
        const loss = (): tf.Scalar => {
          const logProbs = tf.logSoftmax(forward(network, x));
          return tf.neg(tf.mean(tf.sum(tf.mul(y, logProbs), 1)));
        };
        optimizer.minimize(loss, false, Object.values(network));
      });
      smoother.update(read(network));
    }
  }

  optimizer.dispose();
  tf.dispose(averaged);
  return network;
}
