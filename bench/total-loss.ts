// The total loss of distillation with its gradient: fused here, composed by tfjs and PyTorch.
import { distillationTotalInto } from "@sd/losses/kernels";
import { createRng, normal } from "@sd/math/random";
import { loadSimdKernels } from "@sd/math/simd";
import * as tf from "@tensorflow/tfjs";
import { type Candidate, interleave, timedSync } from "./measure.ts";
import type { Worker } from "./python.ts";
import { type Comparison, milliseconds } from "./table.ts";

const HARD_WEIGHT = 0.6;
const TEMPERATURE = 4;

interface Problem {
  readonly n: number;
  readonly k: number;
  readonly logits: Float32Array;
  readonly teacher: Float32Array;
  readonly labels: Int32Array;
}

function createProblem(n: number, k: number): Problem {
  const rng = createRng(0);
  const draw = (): Float32Array => Float32Array.from({ length: n * k }, () => 3 * normal(rng));
  const labels = Int32Array.from({ length: n }, (_, i) => i % k);
  return { n, k, logits: draw(), teacher: draw(), labels };
}

/** Log-softmax, total loss and gradient in one call of a kernel, without and with SIMD. */
async function kernelCandidates({ n, k, ...p }: Problem): Promise<[Candidate, Candidate]> {
  const simd = await loadSimdKernels();
  const out = new Float32Array(n);
  const grad = new Float32Array(n * k);
  const settings = [p.logits, p.labels, p.teacher, n, k, HARD_WEIGHT, TEMPERATURE] as const;
  return [
    {
      name: "JavaScript",
      run: timedSync(() => distillationTotalInto(out, grad, ...settings, "teacher")),
    },
    {
      name: "WebAssembly SIMD",
      run: timedSync(() => simd.teacherCrossEntropyInto(out, grad, ...settings)),
    },
  ];
}

/** The same as tfjs composes it, with its autograd; the inputs are tensors already. */
function tfjsCandidate(backend: "cpu" | "wasm", { n, k, ...p }: Problem): Candidate {
  const step = (logits: tf.Tensor2D, teacher: tf.Tensor2D, oneHot: tf.Tensor): void =>
    tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => {
        const soft = tf.softmax(tf.div(teacher, TEMPERATURE));
        const target = tf.add(tf.mul(oneHot, HARD_WEIGHT), tf.mul(soft, 1 - HARD_WEIGHT));
        return tf.neg(tf.mean(tf.sum(tf.mul(target, tf.logSoftmax(x)), 1)));
      })(logits);
      value.dataSync();
      grad.dataSync();
    });
  return {
    name: `tfjs ${backend}`,
    run: async (count) => {
      await tf.setBackend(backend);
      const logits = tf.tensor2d(p.logits, [n, k]);
      const teacher = tf.tensor2d(p.teacher, [n, k]);
      const oneHot = tf.oneHot(tf.tensor1d(p.labels, "int32"), k);
      const elapsed = await timedSync(() => step(logits, teacher, oneHot))(count);
      tf.dispose([logits, teacher, oneHot]);
      return elapsed;
    },
  };
}

/** @param torchBar - The time of SIMD over PyTorch's that is wanted at most. */
export async function compareTotalLoss(
  n: number,
  k: number,
  torchBar: number,
  worker: Worker,
): Promise<Comparison> {
  const problem = createProblem(n, k);
  const timings = await interleave([
    ...(await kernelCandidates(problem)),
    tfjsCandidate("wasm", problem),
    tfjsCandidate("cpu", problem),
    worker.candidate("PyTorch with autograd, 1 thread", { task: "total_loss", n, k }),
  ]);
  const [js, simd, wasm, cpu, torch] = timings.map(({ median }) => median);
  return {
    title: `log-softmax, total loss and gradient, [${n}, ${k}] Float32`,
    values: milliseconds(timings),
    ratios: [
      { name: "tfjs cpu ÷ JavaScript", value: cpu! / js!, bar: { atLeast: 20 } },
      { name: "JavaScript ÷ SIMD", value: js! / simd!, bar: { atLeast: 3.5 } },
      { name: "tfjs wasm ÷ SIMD", value: wasm! / simd!, bar: { atLeast: 4 } },
      { name: "SIMD ÷ PyTorch", value: simd! / torch!, bar: { atMost: torchBar } },
    ],
  };
}
