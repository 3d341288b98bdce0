import { RunError } from "./error.ts";
import { predictionFile } from "./layout.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

/** A model's outputs on one split, for every metric that may be wanted later. */
export interface Predictions {
  /** `[n, k]`, row-major. */
  readonly logits: Float32Array;
  /** `[n]`, true classes. */
  readonly labels: Int32Array;
  /** `[n, k]`. */
  readonly shape: readonly [number, number];
}

export async function savePredictions(
  folder: string,
  split: string,
  { logits, labels, shape }: Predictions,
): Promise<void> {
  const path = predictionFile(folder, split);
  if (labels.length !== shape[0]) {
    throw new RunError(
      "ERR_BAD_VALUE",
      path,
      `expected ${shape[0]} labels for shape [${shape}], got ${labels.length}`,
    );
  }
  await writeSafetensors(path, {
    logits: { shape, data: logits },
    labels: { shape: [shape[0]], data: labels },
  });
}

export async function loadPredictions(folder: string, split: string): Promise<Predictions> {
  const path = predictionFile(folder, split);
  const { logits, labels } = (await readSafetensors(path, { checksum: "required" })).tensors;
  const [n, k, ...rest] = logits?.shape ?? [];
  if (
    !(logits?.data instanceof Float32Array && labels?.data instanceof Int32Array) ||
    n === undefined ||
    k === undefined ||
    rest.length > 0 ||
    labels.data.length !== n
  ) {
    throw new RunError("ERR_BAD_FILE", path, "expected `logits` F32 [n, k] and `labels` I32 [n]");
  }
  return { logits: logits.data, labels: labels.data, shape: [n, k] };
}
