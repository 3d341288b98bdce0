// The thread that reads batches for a PrefetchLoader.
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { DomainError } from "@sd/math";
import type { Augment } from "../augment/augmentation.ts";
import { Augmenter } from "../augment/augmenter.ts";
import { fromRecipe, recipeOf } from "../augment/recipe.ts";
import { RowReader } from "../row-reader.ts";
import type { ReadReply, ReadRequest, WorkerSetup } from "./messages.ts";

/** The augmentation of the main thread, made again here. */
async function augmentOf({ augment, module }: WorkerSetup): Promise<Augment | undefined> {
  if (augment === undefined) return undefined;
  if (module === undefined) return fromRecipe(augment);
  const { augment: exported } = (await import(module)) as { augment?: Augment };
  if (exported && JSON.stringify(recipeOf(exported)) === JSON.stringify(augment)) return exported;
  const detail = `to export \`augment\` with the names and options of the loader's, got ${module}`;
  throw new DomainError("PrefetchLoader", "augmentModule", detail);
}

async function readerOf(setup: WorkerSetup): Promise<RowReader> {
  const augment = await augmentOf(setup);
  const augmenter = augment && new Augmenter(setup, augment, setup.seed!);
  return new RowReader(setup, augmenter, setup.normalise);
}

function answer(port: MessagePort, reader: RowReader, { id, epoch, indices }: ReadRequest): void {
  try {
    const rows = reader.read(epoch, indices);
    const reply: ReadReply = { id, rows };
    port.postMessage(reply, [rows.images.buffer as ArrayBuffer]);
  } catch (error) {
    const reply: ReadReply = { id, error };
    port.postMessage(reply);
  }
}

const port = parentPort!;
const reader = await readerOf(workerData as WorkerSetup);
port.on("message", (request: ReadRequest) => answer(port, reader, request));
