// Times the row kernels in JavaScript against their SIMD twins on Float32 rows: milliseconds a call,
// the same where every call has another shape than the last one, and the ratio JS / SIMD.
// Run: node packages/math/bench/simd.ts [n,k ...]
import * as plain from "../src/kernels.ts";
import { createSimdKernels } from "../src/simd/load.ts";

const DEFAULT_SHAPES = [
  [128, 10],
  [128, 100],
  [1024, 10],
  [1024, 1000],
] as const;

/** The least of 15 rounds, as other processes only add time: the mean of one call in it, in ms. */
function timeOf(call: () => void): number {
  const started = performance.now();
  let calls = 0;
  // Enough calls that the compilers are done and a round lasts some milliseconds.
  while (performance.now() - started < 60) {
    call();
    calls++;
  }
  const perRound = Math.max(1, Math.ceil(calls / 12));
  const rounds = Array.from({ length: 15 }, () => {
    const start = performance.now();
    for (let i = 0; i < perRound; i++) call();
    return (performance.now() - start) / perRound;
  });
  return Math.min(...rounds);
}

// A fixed recurrence: the numbers only have to differ.
function logitsOf(size: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 20;
  });
}

type Kernels = Omit<typeof plain, "argmaxInto" | "rowMax" | "rowSumExp">;

function calls(n: number, k: number): Readonly<Record<string, (kernels: Kernels) => void>> {
  const logits = logitsOf(n * k);
  const matrix = new Float32Array(n * k);
  const column = new Float32Array(n);
  const confidence = new Float64Array(n);
  const correct = new Uint8Array(n);
  const labels = Int32Array.from({ length: n }, (_, i) => i % k);
  const targets = new Float32Array(n * k);
  plain.softmaxInto(
    targets,
    logits.map((x) => -x),
    n,
    k,
  );
  const logU = new Float32Array(n * k);
  const logV = new Float32Array(n * k);
  plain.logSoftmaxInto(logU, logits, n, k);
  plain.logSoftmaxInto(logV, targets, n, k);
  return {
    softmaxInto: (x) => x.softmaxInto(matrix, logits, n, k),
    logSoftmaxInto: (x) => x.logSoftmaxInto(matrix, logits, n, k),
    logSumExpInto: (x) => x.logSumExpInto(column, logits, n, k),
    softmaxEntropyInto: (x) => x.softmaxEntropyInto(column, logits, n, k),
    softmaxCrossEntropyInto: (x) => x.softmaxCrossEntropyInto(column, matrix, logits, labels, n, k),
    softTargetCrossEntropyInto: (x) =>
      x.softTargetCrossEntropyInto(column, matrix, logits, targets, n, k),
    teacherCrossEntropyInto: (x) =>
      x.teacherCrossEntropyInto(column, matrix, logits, labels, targets, n, k, 0.6, 4),
    predictionsInto: (x) => x.predictionsInto(confidence, correct, logits, labels, n, k),
    klDivergenceInto: (x) => x.klDivergenceInto(column, logU, logV, n, k),
  };
}

const shapes =
  process.argv.length > 2
    ? process.argv.slice(2).map((text) => text.split(",").map(Number) as [number, number])
    : DEFAULT_SHAPES;
const simd = await createSimdKernels("bench", 0);
const columns = (first: string, name: string, rest: readonly string[]): string =>
  `${first.padEnd(12)}${name.padEnd(28)}${rest.map((x) => x.padStart(11)).join("")}\n`;

process.stdout.write(columns("n x k", "kernel", ["ms JS", "ms SIMD", "new shape", "ratio"]));
for (const [n, k] of shapes) {
  // By turns with one row more, so that no call finds the memory laid out for its shape.
  const more = calls(n + 1, k);
  for (const [name, call] of Object.entries(calls(n, k))) {
    const js = timeOf(() => call(plain));
    const wasm = timeOf(() => call(simd));
    const turns = timeOf(() => {
      call(simd);
      more[name]!(simd);
    });
    const times = [js, wasm, turns / 2].map((ms) => ms.toFixed(5));
    process.stdout.write(columns(`${n} x ${k}`, name, [...times, (js / wasm).toFixed(1)]));
  }
}
