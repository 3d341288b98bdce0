import { readRun } from "@sd/runs";
import { TrainerError } from "../errors.ts";
import type { ModelShape } from "../models/model.ts";
import { createModel } from "../models/table.ts";
import { loadBest } from "../state.ts";
import type { NetworkTeacher } from "./teacher.ts";

/**
 * The teacher that a finished run makes, of whatever network: its checkpoint with the best validation score.
 *
 * @param folder - The run folder.
 * @throws TrainerError `MISSING_SIGNAL` where the run is not finished, `BAD_CHECKPOINT` where its manifest or its checkpoint is not of
 * its network.
 * @throws RunError `ERR_BAD_FILE` where the checkpoint is damaged.
 */
export async function loadTeacher(folder: string): Promise<NetworkTeacher> {
  const { status, config, manifest, loadCheckpoint } = await readRun(folder);
  if (status.state !== "done") {
    const problem = `${folder} cannot teach: it is ${status.state}, not done`;
    throw new TrainerError("MISSING_SIGNAL", problem);
  }
  const input = manifest.input as { shape: ModelShape["input"]; classes: number } | undefined;
  if (input === undefined) {
    throw new TrainerError(
      "BAD_CHECKPOINT",
      `${folder}: manifest.json does not say of what images`,
    );
  }
  const model = String(config.model);
  const network = createModel(model, { input: input.shape, classes: input.classes });
  return { folder, model, weights: await loadBest({ loadCheckpoint }, network) };
}
