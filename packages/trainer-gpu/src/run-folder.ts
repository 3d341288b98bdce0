// The folder of a run: made with its configuration, or found to hold this very run.
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Augment, ImageAugmentation, Mixing } from "@sd/data";
import { createRun, openRun, type Run, readRun } from "@sd/runs";
import type { TrainOptions } from "./config.ts";
import { TrainerError } from "./errors.ts";
import { createManifest } from "./manifest.ts";
import { isNetwork, type Teacher } from "./teachers/teacher.ts";
import { resolveOptimizer } from "./update-rules/table.ts";

/** The augmentation as the configuration records it. */
function recordAugment({ images = [], mix }: Augment): { images: object[]; mix?: object } {
  const record = ({ name, options }: ImageAugmentation | Mixing): object => ({ name, options });
  return { images: images.map(record), ...(mix ? { mix: record(mix) } : {}) };
}

/** The teacher as the configuration records it. */
function recordTeacher(teacher: Teacher, { folder, model: own }: TrainOptions): object {
  if (!isNetwork(teacher)) return teacher.description;
  const { model = own, description } = teacher;
  const other = model === own ? {} : { model };
  if (teacher.folder === undefined) return { ...description, ...other };
  return { run: relative(folder, teacher.folder), checkpoint: "best", ...other };
}

/** The resolved configuration, as config.json holds it: enough to repeat the run. */
function createConfig(options: TrainOptions): object {
  const { method, teacher, data, model, seed, generation, epochs } = options;
  const { batchSize, parts = 1, augment, evaluate, bestBy = "accuracy", earlyStopping } = options;
  const { name, label, options: methodOptions } = method;
  return {
    method: { name, label, options: methodOptions },
    model,
    seed,
    generation,
    epochs,
    batchSize,
    parts,
    optimizer: resolveOptimizer(options.optimizer),
    schedule: options.schedule,
    bestBy,
    ...(earlyStopping ? { earlyStopping: { metric: bestBy, minDelta: 0, ...earlyStopping } } : {}),
    ...(augment ? { augment: recordAugment(augment) } : {}),
    ...(evaluate ? { evaluate: recordAugment({ images: evaluate }).images } : {}),
    data: data.description,
    ...(teacher ? { teacher: recordTeacher(teacher, options) } : {}),
  };
}

/** Fails unless a folder holds this very run. */
function checkSame({ config, manifest }: Pick<Run, "config" | "manifest">, options: TrainOptions) {
  const { folder, engine } = options;
  const wanted = JSON.parse(JSON.stringify(createConfig(options))) as unknown;
  if (isDeepStrictEqual(config, wanted) && manifest.engine === engine.name) return;
  throw new TrainerError(
    "CONFIG_MISMATCH",
    `${folder} holds a run with another configuration or engine: choose another folder, or move it away`,
  );
}

const holdsRun = ({ folder }: TrainOptions): boolean => existsSync(join(folder, "status.json"));

/** Whether the folder holds this very run, finished: many may look at it at once. */
export async function isFinished(options: TrainOptions): Promise<boolean> {
  if (!holdsRun(options)) return false;
  const { config, manifest, status } = await readRun(options.folder);
  if (status.state === "done") checkSame({ config, manifest }, options);
  return status.state === "done";
}

/** Makes the run folder, or opens the one that holds this very run; for one process at a time. */
export async function openOrCreate(options: TrainOptions): Promise<Run> {
  const { folder } = options;
  if (!holdsRun(options)) {
    const config = createConfig(options);
    return createRun(folder, { config, manifest: createManifest(options) });
  }
  const run = await openRun(folder);
  try {
    checkSame(run, options);
    return run;
  } catch (error) {
    await run.close();
    throw error;
  }
}

/** Says where a run goes on that was begun in other circumstances: its numbers may differ in their last digits from there on. */
export function tellChanges(
  run: Run,
  { engine }: TrainOptions,
  warn: (message: string) => void,
): void {
  const { device, threads } = run.manifest;
  const changes = [
    device === engine.device ? [] : [`on ${String(device)}, goes on with ${engine.device}`],
    threads === engine.threads
      ? []
      : [`with ${String(threads)} threads, goes on with ${engine.threads}`],
  ].flat();
  if (changes.length === 0) return;
  warn(
    `${run.folder}: the run was begun ${changes.join("; ")}: it may not end in the same numbers`,
  );
}
