// How long a report of many small runs takes: node --conditions=@sd/source packages/report/bench/many-runs.ts [runs] [folder]
import { existsSync } from "node:fs";
import { copyFile, mkdir, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatReport, readRecords, renderReport, studyResults } from "@sd/report";
import { createRun, writeSafetensors } from "@sd/runs";

const runs = Number(process.argv[2] ?? 10_000);
const root = process.argv[3] ?? join(tmpdir(), `sd-report-bench-${runs}`);

const METHODS = ["cross-entropy", "label-smoothing", "beta-smoothing", "focal", "ps-kd"];
const SEEDS = 10;
const [IMAGES, CLASSES, EPOCHS] = [64, 4, 10];

/** Draws in [0, 1) that depend on the key alone. */
function uniforms(key: number): () => number {
  let state = Math.imul(key + 1, 0x9e3779b1);
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/** How many runs have predictions of their own: a multiple of methods times seeds. */
const DISTINCT = 500;

const folderOf = (i: number): string => join(root, `run-${String(i).padStart(6, "0")}`);

/** One run's folder, as training leaves it. */
async function writeRun(i: number): Promise<void> {
  const [method, rest] = [i % METHODS.length, Math.floor(i / METHODS.length)];
  const [seed, cell] = [rest % SEEDS, Math.floor(rest / SEEDS)];
  const folder = folderOf(i);
  const draw = uniforms(i);
  const labels = Int32Array.from({ length: IMAGES }, (_, row) => row % CLASSES);
  const logits = (): Float32Array =>
    Float32Array.from({ length: IMAGES * CLASSES }, (_, j) => {
      const own = labels[Math.floor(j / CLASSES)] === j % CLASSES;
      return 3 * draw() + (own ? 1.5 + 0.1 * method : 0);
    });
  const config = {
    method: { name: METHODS[method], label: METHODS[method], options: {} },
    ...{ model: "mlp", seed, generation: 0, epochs: EPOCHS, batchSize: 64, parts: 1 },
    optimizer: { name: "momentum", learningRate: 0.001 * (cell + 1), momentum: 0.9 },
    schedule: { name: "cosine" },
    data: { name: "digits", images: 1000, noise: { kind: "symmetric", rate: 0.2, seed } },
  };
  const metrics = Array.from({ length: EPOCHS }, (_, epoch) => ({
    ...{ epoch, trainLoss: 2 / (epoch + 1), validationAccuracy: 0.9, validationNll: 0.4 },
    ...{ seconds: 1, imagesPerSecond: 1000 },
  }));
  if (i === 0) {
    // The first is written by the run itself, so that the others are what it writes.
    const run = await createRun(folder, { config, manifest: { engine: "wasm" } });
    await run.setStatus("done");
  } else {
    await mkdir(join(folder, "predictions"), { recursive: true });
    await writeFile(join(folder, "config.json"), JSON.stringify(config, null, 2));
    await writeFile(join(folder, "manifest.json"), JSON.stringify({ engine: "wasm" }));
    await writeFile(
      join(folder, "status.json"),
      JSON.stringify({ state: "done", updatedAt: "2026-01-01T00:00:00.000Z" }),
    );
  }
  await mkdir(join(folder, "predictions"), { recursive: true });
  await writeFile(
    join(folder, "metrics.jsonl"),
    metrics.map((row) => `${JSON.stringify(row)}\n`).join(""),
  );
  for (const split of ["validation", "test"]) {
    const file = join("predictions", `${split}.safetensors`);
    if (i >= DISTINCT) {
      // Each file that is written is flushed to the disk: copies are made sooner.
      await copyFile(join(folderOf(i % DISTINCT), file), join(folder, file));
      continue;
    }
    await writeSafetensors(join(folder, file), {
      logits: { shape: [IMAGES, CLASSES], data: logits() },
      labels: { shape: [IMAGES], data: labels },
    });
  }
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20);
  process.stdout.write(`${what.padEnd(34)} ${seconds.padStart(7)} s   ${megabytes} MiB\n`);
  return result;
}

if (!existsSync(root)) {
  await timed(`${runs} runs written`, async () => {
    for (let i = 0; i < runs; i++) await writeRun(i);
  });
}
await timed("read", () => readRecords(root));
const results = await timed("read and judged", () => studyResults(root));
await timed("as JSON", async () => formatReport(results, { format: "json", title: "Many runs" }));
const out = `${root}.html`;
await timed("read, judged, written as HTML", () => renderReport(root, { out, title: "Many runs" }));
process.stdout.write(`${((await stat(out)).size / 2 ** 20).toFixed(1)} MiB: ${out}\n`);
