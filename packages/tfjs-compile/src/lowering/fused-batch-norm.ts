// Batch normalisation as TensorFlow's one operation, made known to tfjs as a kernel with a
// gradient.
import * as tf from "@tensorflow/tfjs";
import {
  DType,
  isNodeBackend,
  type NodeBackend,
  type OpAttribute,
  typeAttribute,
} from "../node-backend.ts";
import type { BatchNormResult } from "./batch-norm.ts";

const KERNEL = "SdFusedBatchNormTraining";
/** y, mean, variance, and three tensors that only the gradient understands. */
const OUTPUTS = 6;

/** Training on tfjs-node's backend; see {@link batchNorm}. */
export function fusedBatchNorm(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
): BatchNormResult {
  register(tf.getBackend());
  const results = tf.engine().runKernel(KERNEL, { x, scale, offset }, { epsilon }) as tf.Tensor[];
  const [output, mean, variance, ...reserved] = results;
  // The gradient holds references of its own.
  tf.dispose(reserved);
  return {
    output: output as tf.Tensor4D,
    mean: mean as tf.Tensor1D,
    variance: variance as tf.Tensor1D,
  };
}

function register(backendName: string): void {
  if (tf.getKernel(KERNEL, backendName)) return;
  tf.registerKernel({
    kernelName: KERNEL,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, scale, offset } = inputs as Record<"x" | "scale" | "offset", tf.TensorInfo>;
      const engine = backend as NodeBackend;
      return tf.tidy(() => {
        // In training the running statistics are not looked at.
        const none = tf.tensor1d([]);
        const operands = [x, scale, offset, none, none];
        const attributes = attributesOf(engine, Number(attrs!.epsilon));
        return engine.executeMultipleOutputs("FusedBatchNormV3", attributes, operands, OUTPUTS);
      });
    },
  });
  if (tf.getGradient(KERNEL)) return;
  tf.registerGradient({
    kernelName: KERNEL,
    inputsToSave: ["x", "scale"],
    outputsToSave: [false, false, false, true, true, true],
    gradFunc: (dy, saved, attrs) => {
      const [x, scale, ...reserved] = saved as tf.Tensor[];
      const backend = tf.backend() as unknown;
      if (!isNodeBackend(backend)) throw new Error(`${KERNEL}: the backend was changed`);
      const operands = [(dy as tf.Tensor[])[0]!, x!, scale!, ...reserved];
      const attributes = attributesOf(backend, Number(attrs.epsilon));
      const [dx, dscale, doffset] = backend.executeMultipleOutputs(
        "FusedBatchNormGradV3",
        attributes,
        operands,
        5,
      );
      return { x: () => dx!, scale: () => dscale!, offset: () => doffset! };
    },
  });
}

function attributesOf({ binding }: NodeBackend, epsilon: number): OpAttribute[] {
  return [
    typeAttribute(binding, "T", DType.float32),
    typeAttribute(binding, "U", DType.float32),
    { name: "epsilon", type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: "data_format", type: binding.TF_ATTR_STRING, value: "NHWC" },
    { name: "is_training", type: binding.TF_ATTR_BOOL, value: true },
  ];
}
