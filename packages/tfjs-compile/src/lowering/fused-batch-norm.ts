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
import type { BatchNormResult, RunningStatistics } from "./batch-norm.ts";

const KERNEL = "SdFusedBatchNormTraining";
/** y, mean, variance, and three tensors that only the gradient understands. */
const OUTPUTS = 6;

/** Training on tfjs-node's backend; see {@link batchNorm}. */
export function fusedBatchNorm(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
  running?: RunningStatistics,
): BatchNormResult {
  register(tf.getBackend());
  const { mean: oldMean, variance: oldVariance, momentum = 1 } = running ?? {};
  const given = running === undefined ? {} : { oldMean, oldVariance };
  const inputs = { x, scale, offset, ...given } as tf.NamedTensorMap;
  const results = tf.engine().runKernel(KERNEL, inputs, { epsilon, momentum }) as tf.Tensor[];
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
      const { x, scale, offset, oldMean, oldVariance } = inputs as Record<string, tf.TensorInfo>;
      const engine = backend as NodeBackend;
      return tf.tidy(() => {
        // The statistics of the batch alone are wanted where none are given.
        const none = tf.tensor1d([]);
        const operands = [x!, scale!, offset!, oldMean ?? none, oldVariance ?? none];
        const { epsilon, momentum } = attrs as unknown as Record<string, number>;
        const type = engine.binding.TF_ATTR_FLOAT;
        const attributes = [
          ...attributesOf(engine, epsilon!),
          { name: "exponential_avg_factor", type, value: momentum },
        ];
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
