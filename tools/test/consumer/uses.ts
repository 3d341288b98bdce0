// A first use of each entry, in TypeScript, and what its `result`, awaited, must be.

export interface Use {
  readonly code: string;
  /** What `result` is, as JSON; only of entries that run anywhere. */
  readonly expected?: unknown;
}

export const USES: Readonly<Record<string, Use>> = {
  "@sd/math": {
    code: `
import { type FloatArray, ShapeError, isSdError, softmax } from "@sd/math";
const logits: FloatArray = Float32Array.of(3, 3);
const probs: Float64Array = softmax(logits, [1, 2]);
let code = "";
try { softmax(logits, [2, 2]); } catch (error) {
  if (isSdError(error) && error instanceof ShapeError) code = error.code;
}
// @ts-expect-error Numbers in a plain array are not taken.
const refused = (): Float64Array => softmax([3, 3], [1, 2]);
export const result: unknown = [...probs, code, typeof refused];`,
    expected: [0.5, 0.5, "SHAPE", "function"],
  },
  "@sd/math/special": {
    code: `
import { lgamma } from "@sd/math/special";
export const result: number = lgamma(1);`,
    expected: 0,
  },
  "@sd/math/random": {
    code: `
import { type Rng, createRng, normal, rngFromState } from "@sd/math/random";
const rng: Rng = createRng(7);
const copy: Rng = rngFromState(rng.state());
export const result: boolean = normal(rng) === normal(copy);`,
    expected: true,
  },
  "@sd/math/kernels": {
    code: `
import { softmaxInto } from "@sd/math/kernels";
const out = new Float32Array(2);
softmaxInto(out, Float64Array.of(1, 1), 1, 2);
export const result: number[] = [...out];`,
    expected: [0.5, 0.5],
  },
  "@sd/math/simd": {
    code: `
import { type SimdKernels, loadSimdKernels } from "@sd/math/simd";
const sum = async (): Promise<number> => {
  const { softmaxInto }: SimdKernels = await loadSimdKernels();
  const out = new Float32Array(256);
  softmaxInto(out, new Float32Array(256), 64, 4);
  return out.reduce((total, p) => total + p, 0);
};
export const result: Promise<number> = sum();`,
    expected: 64,
  },
  "@sd/losses": {
    code: `
import { type ValueAndGrad, softmaxCrossEntropyValueAndGrad } from "@sd/losses";
const { value, grad }: ValueAndGrad = softmaxCrossEntropyValueAndGrad(
  Float64Array.of(0, 0), Uint8Array.of(1), [1, 2]);
// @ts-expect-error The labels are integers.
const refused = () => softmaxCrossEntropyValueAndGrad(value, Float64Array.of(1), [1, 2]);
export const result: unknown = [Math.exp(value[0]!).toFixed(12), ...grad, typeof refused];`,
    expected: ["2.000000000000", 0.5, -0.5, "function"],
  },
  "@sd/losses/kernels": {
    code: `
import { brierInto } from "@sd/losses/kernels";
const out = new Float64Array(1);
brierInto(out, null, Float64Array.of(0, 0), Int32Array.of(0), 1, 2);
export const result: number = out[0]!;`,
    expected: 0.5,
  },
  "@sd/priors": {
    code: `
import { type SmoothedTargets, labelSmoothingPrior, smoothedTargets } from "@sd/priors";
const excess = labelSmoothingPrior([1, 2], { beta: 2 });
const { targets, mass }: SmoothedTargets = smoothedTargets(excess, Int32Array.of(0), [1, 2]);
export const result: number[] = [...mass, Math.round(3 * targets[0]!)];`,
    expected: [3, 2],
  },
  "@sd/priors/kernels": {
    code: `
import { smoothedTargetsInto } from "@sd/priors/kernels";
const out = new Float32Array(2);
smoothedTargetsInto(out, null, Float32Array.of(1, 1), Int32Array.of(1), 1, 2);
export const result: number[] = [...out].map((target) => Math.round(3 * target));`,
    expected: [1, 2],
  },
  "@sd/metrics": {
    code: `
import { CalibrationAccumulator, accuracy, reliabilityDiagram } from "@sd/metrics";
import type { ReliabilityBin } from "@sd/metrics";
const logits = Float32Array.of(9, 0, 0, 9);
const labels = Int32Array.of(0, 0);
const bins: readonly ReliabilityBin[] = reliabilityDiagram(logits, labels, [2, 2], { bins: 4 });
const totals = new CalibrationAccumulator();
totals.update(logits, labels, [2, 2]);
const total: number = totals.accuracy();
export const result: unknown = [accuracy(logits, labels, [2, 2]), total, bins.length];`,
    expected: [0.5, 0.5, 4],
  },
  "@sd/beta-smoothing": {
    code: `
import { BetaSmoother, trueClassConfidences } from "@sd/beta-smoothing";
const smoother = new BetaSmoother({ classes: 2, seed: 1, a: 3, beta: 1 });
smoother.update({ kernel: Float32Array.of(1, 2) });
const logits = Float32Array.of(0, 0);
const confidences: Float64Array = trueClassConfidences(logits, Int32Array.of(1), [1, 2]);
const { targets } = smoother.targets(confidences, Int32Array.of(1));
export const result: unknown = [...confidences, targets[0]! < targets[1]!];`,
    expected: [0.5, true],
  },
  "@sd/data": {
    code: `
import { type Batch, type ImageDataset, Loader } from "@sd/data";
const batches = (dataset: ImageDataset): readonly Batch[] =>
  [...new Loader(dataset, { batchSize: 4, seed: 1, shuffle: true }).epoch(0)];
// @ts-expect-error A loader needs a batch size.
const refused = (dataset: ImageDataset) => new Loader(dataset, { seed: 1, shuffle: true });
export const result = { batches, refused };`,
  },
  "@sd/runs": {
    code: `
import { type RunRecord, RunError, createRun, readRun } from "@sd/runs";
export async function result(folder: string): Promise<RunRecord> {
  const run = await createRun(folder, { config: { seed: 1 }, manifest: {} });
  await run.setStatus("done").catch((error) => {
    if (error instanceof RunError) throw new Error(error.code);
  });
  // @ts-expect-error There is no such state.
  await run.setStatus("finished");
  return readRun(folder);
}`,
  },
  "@sd/tfjs-native": {
    code: `
import { EngineError, type NativeEngine, loadNativeBackend } from "@sd/tfjs-native";
import type { Tensor } from "@tensorflow/tfjs";
export async function result(): Promise<Tensor> {
  const { tf, device }: NativeEngine = await loadNativeBackend();
  const on: "CPU" | "GPU" = device;
  return on === "CPU" ? tf.scalar(1) : Promise.reject(new EngineError("LOAD_FAILED", on));
}`,
  },
  "@sd/tfjs-wasm": {
    code: `
import { UnsupportedArgumentError, loadWasmBackend } from "@sd/tfjs-wasm";
export const result = async (): Promise<number> => (await loadWasmBackend()).threads;
export const kernelOf = (error: UnsupportedArgumentError): string => error.kernel;`,
  },
  "@sd/tfjs-webgpu": {
    code: `
import { type WebgpuBackend, type WebgpuError, loadWebgpuBackend } from "@sd/tfjs-webgpu";
export const result = (): Promise<WebgpuBackend> => loadWebgpuBackend({ allowSoftware: true });
export const isMissing = ({ code }: WebgpuError): boolean => code === "ERR_MISSING_PACKAGE";
// @ts-expect-error There is no such code.
export const isSlow = ({ code }: WebgpuError): boolean => code === "ERR_SLOW";`,
  },
  "@sd/tfjs-compile": {
    code: `
import { type Values, compileProgram, relu } from "@sd/tfjs-compile";
import { type Tensor2D, matMul, ones, variable } from "@tensorflow/tfjs";
const variables = { w: variable(ones([2, 3])) };
const program = compileProgram({
  variables,
  entries: { logits: ({ x }: { x: Tensor2D }) => ({ y: relu(matMul(x, variables.w)) }) },
});
export const result = (x: Tensor2D): Values => {
  program.run("logits", { x }).y.dispose();
  // @ts-expect-error There is no such entry.
  program.run("training", { x });
  return program.read(["w"]).w;
};`,
  },
  "@sd/trainer-gpu": {
    code: `
import { type Method, type TrainOptions, betaSmoothing, openEngine, train } from "@sd/trainer-gpu";
const method: Method = betaSmoothing({ a: 3, beta: 1.5 });
export const result = async (options: Omit<TrainOptions, "engine" | "method">): Promise<string> =>
  (await train({ ...options, method, engine: await openEngine({ name: "cpu" }) })).folder;`,
  },
  "@sd/study": {
    code: `
import { type StudyPlan, planStudy, runStudy } from "@sd/study";
export const plan: StudyPlan = planStudy({
  name: "s", settings: {}, variants: [{ label: "a", settings: {} }], seeds: [0],
});
export const result: number = plan.runs.length;
export const run = (folder: string) => runStudy(plan, { folder, command: (p) => ["true", p.request] });`,
  },
  "@sd/report": {
    code: `
import { type ResultRow, formatTable, resultsTable } from "@sd/report";
import { readRun } from "@sd/runs";
export async function result(folder: string): Promise<string> {
  const rows: readonly ResultRow[] = await resultsTable([await readRun(folder)]);
  return formatTable(rows, { format: "markdown" });
}`,
  },
  "@sd/cli": {
    code: `
import { createProgram, demoMethods } from "@sd/cli";
export const result: number = demoMethods.length;
export const help = (): string => createProgram((code: number) => void code).helpInformation();`,
  },
};
