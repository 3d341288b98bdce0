// Runs as if their test images were others: what their networks say of a folder of images.
import { readImageFolder } from "@sd/data";
import type { Predictions, RunRecord } from "@sd/runs";
import { UsageError } from "../errors.ts";
import { openPredictor, withChannels } from "./predictor.ts";

/** The run with predictions on the images in class folders below `path` in place of its test predictions. */
export async function onImages(record: RunRecord, path: string): Promise<RunRecord> {
  const predictor = await openPredictor(record.folder);
  try {
    const [h, w, c] = predictor.shape;
    const images = await readImageFolder(path, { size: [h, w] });
    const { classNames = images.classNames } = predictor;
    const unknown = images.classNames.filter((name) => !classNames.includes(name));
    if (unknown.length > 0) {
      throw new UsageError(
        `${path}: ${record.folder} does not know the classes ${unknown.join(", ")}: expected ${classNames.join(", ")}`,
      );
    }
    // Not every class need be there: labels are by name, not by order.
    const labels = images.labels.map((label) => classNames.indexOf(images.classNames[label]!));
    const all = { ...withChannels(images, c), labels, classes: predictor.classes };
    const logits = await predictor.logits(all);
    const fresh: Predictions = { logits, labels, shape: [labels.length, predictor.classes] };
    return {
      ...record,
      predictions: async (split) => (split === "test" ? fresh : record.predictions(split)),
    };
  } finally {
    predictor.dispose();
  }
}
