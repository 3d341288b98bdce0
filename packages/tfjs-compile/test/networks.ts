// Small networks with momentum SGD, written as anyone would write them with tfjs.
import * as tf from "@tensorflow/tfjs";
import { batchNorm, relu, softmaxCrossEntropy } from "../src/index.ts";

export const CLASSES = 4 as const;

/** Deterministic values in (−1, 1) without pattern. */
export function wave(shape: readonly number[], seed: number): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length: size }, (_, i) => Math.sin((i + 1) * (1.7 + seed * 0.61)));
}

const PARAMETERS: Readonly<Record<NetworkName, Readonly<Record<string, readonly number[]>>>> = {
  mlp: { w1: [6, 8], b1: [8], w2: [8, CLASSES], b2: [CLASSES] },
  lenet: {
    c1: [5, 5, 1, 3],
    b1: [3],
    c2: [3, 3, 3, 4],
    b2: [4],
    f1: [36, 8],
    d1: [8],
    f2: [8, CLASSES],
    d2: [CLASSES],
  },
  resnetBlock: {
    c0: [3, 3, 2, 4],
    c1: [3, 3, 4, 6],
    g1: [6],
    o1: [6],
    c2: [3, 3, 6, 6],
    g2: [6],
    o2: [6],
    shortcut: [1, 1, 4, 6],
    f: [6, CLASSES],
  },
};

export type NetworkName = "mlp" | "lenet" | "resnetBlock";
type Weights = Readonly<Record<string, tf.Variable>>;

export const imageShape: Readonly<Record<NetworkName, readonly number[]>> = {
  mlp: [6],
  lenet: [12, 12, 1],
  resnetBlock: [8, 8, 2],
};

const scaledWave = (name: string, shape: readonly number[], seed: number): tf.Tensor => {
  if (name.startsWith("g")) return tf.ones([...shape]);
  if (shape.length === 1) return tf.zeros([...shape]);
  const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const scale = Math.sqrt(3 / fanIn);
  return tf.tensor(
    wave(shape, seed).map((v) => v * scale),
    [...shape],
  );
};

/** Variables `w.<name>` and their momentum `m.<name>`. */
export function makeVariables(network: NetworkName): Record<string, tf.Variable> {
  const variables: Record<string, tf.Variable> = {};
  tf.tidy(() => {
    for (const [i, [name, shape]] of Object.entries(PARAMETERS[network]).entries()) {
      variables[`w.${name}`] = tf.variable(scaledWave(name, shape, i));
      variables[`m.${name}`] = tf.variable(tf.zeros([...shape]));
    }
  });
  return variables;
}

const as2d = (v: tf.Variable | undefined) => v as unknown as tf.Tensor2D;
const as4d = (v: tf.Variable | undefined) => v as unknown as tf.Tensor4D;
const as1d = (v: tf.Variable | undefined) => v as unknown as tf.Tensor1D;

export const forward: Readonly<Record<NetworkName, (w: Weights, x: tf.Tensor) => tf.Tensor2D>> = {
  mlp: (w, x) => {
    const hidden = relu(tf.add(tf.matMul(x as tf.Tensor2D, as2d(w.w1)), w.b1!));
    return tf.add(tf.matMul(hidden, as2d(w.w2)), w.b2!);
  },
  lenet: (w, x) => {
    const layer = (t: tf.Tensor4D, c: tf.Tensor4D, b: tf.Variable) =>
      tf.maxPool(relu(tf.add(tf.conv2d(t, c, 1, "same"), b)) as tf.Tensor4D, 2, 2, "valid");
    const features = layer(layer(x as tf.Tensor4D, as4d(w.c1), w.b1!), as4d(w.c2), w.b2!);
    const flat = tf.reshape(features, [-1, 36]) as tf.Tensor2D;
    const hidden = relu(tf.add(tf.matMul(flat, as2d(w.f1)), w.d1!));
    return tf.add(tf.matMul(hidden, as2d(w.f2)), w.d2!);
  },
  resnetBlock: (w, x) => {
    const h = relu(tf.conv2d(x as tf.Tensor4D, as4d(w.c0), 1, "same"));
    const norm = (t: tf.Tensor4D, i: 1 | 2) =>
      batchNorm(t, as1d(w[`g${i}`]), as1d(w[`o${i}`])).output;
    const first = relu(norm(tf.conv2d(h, as4d(w.c1), 2, "same"), 1));
    const second = norm(tf.conv2d(first, as4d(w.c2), 1, "same"), 2);
    const out = relu(tf.add(second, tf.conv2d(h, as4d(w.shortcut), 2, "same")));
    return tf.matMul(tf.mean(out, [1, 2]) as tf.Tensor2D, as2d(w.f));
  },
};

/** The variables of one kind, `w` or `m`, without their prefix. */
export function part(variables: Weights, kind: string): Record<string, tf.Variable> {
  const own = Object.entries(variables).filter(([name]) => name.startsWith(`${kind}.`));
  return Object.fromEntries(own.map(([name, v]) => [name.slice(kind.length + 1), v]));
}

export interface Batch {
  images: tf.Tensor;
  targets: tf.Tensor2D;
  learningRate: tf.Scalar;
}

/** The entries of a network, as types. */
export type NetworkEntries = {
  trainStep(batch: Batch): { loss: tf.Scalar };
  logits(inputs: { images: tf.Tensor }): { logits: tf.Tensor2D };
};

/** The entries `trainStep` and `logits` of a network over its variables. */
export function makeEntries(network: NetworkName, variables: Weights): NetworkEntries {
  const [weights, momentum] = [part(variables, "w"), part(variables, "m")];
  const run = forward[network];
  return {
    trainStep({ images, targets, learningRate }: Batch) {
      const loss = (): tf.Scalar => tf.mean(softmaxCrossEntropy(run(weights, images), targets));
      const { value, grads } = tf.variableGrads(loss, Object.values(weights));
      for (const [name, weight] of Object.entries(weights)) {
        const slot = momentum[name]!;
        slot.assign(tf.add(tf.mul(slot, 0.9), grads[weight.name]!));
        weight.assign(tf.sub(weight, tf.mul(slot, learningRate)));
      }
      return { loss: value };
    },
    logits({ images }: { images: tf.Tensor }) {
      return { logits: run(weights, images) };
    },
  };
}

/** A batch of soft targets; `step` makes one differ from the next. */
export function makeBatch(network: NetworkName, size: number, step = 0): Batch {
  const shape = [size, ...imageShape[network]];
  const labels = Int32Array.from({ length: size }, (_, i) => (i + step) % CLASSES);
  const targets = tf.tidy(() => {
    const hard = tf.oneHot(tf.tensor1d(labels, "int32"), CLASSES);
    return tf.add(tf.mul(hard, 0.9), 0.1 / CLASSES) as tf.Tensor2D;
  });
  return {
    images: tf.tensor(wave(shape, step + 3), shape),
    targets,
    learningRate: tf.scalar(0.05),
  };
}
