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
 * @param shape - The images and classes of the student.
 * @throws TrainerError `MISSING_SIGNAL` where the run is not finished, `BAD_CHECKPOINT` where it was trained for images or classes of
 * another shape.
 * @throws RunError `ERR_BAD_FILE` where the checkpoint is damaged.
 */
export async function loadTeacher(folder: string, shape: ModelShape): Promise<NetworkTeacher> {
  const { status, config, loadCheckpoint } = await readRun(folder);
  if (status.state !== "done") {
    const problem = `${folder} cannot teach: it is ${status.state}, not done`;
    throw new TrainerError("MISSING_SIGNAL", problem);
  }
  const model = String(config.model);
  return { folder, model, weights: await loadBest({ loadCheckpoint }, createModel(model, shape)) };
}
