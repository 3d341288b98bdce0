import type { TrainOptions } from "./config.ts";
import type { Method } from "./methods/method.ts";
import { loadTeacher } from "./teachers/load-teacher.ts";
import { type TrainResult, train } from "./train.ts";

/** What {@link distilGenerations} takes: the options of every generation, and what differs between them. */
export interface GenerationOptions
  extends Omit<TrainOptions, "folder" | "generation" | "method" | "teacher"> {
  /** How many students follow the baseline, each taught by the one before. At least 1. */
  readonly generations: number;
  /** The run folder of each generation; 0 is the baseline. */
  readonly folder: (generation: number) => string;
  /** How generation 0 is trained, without a teacher. */
  readonly baseline: Method;
  /** How every later generation is trained. */
  readonly student: Method;
}

/**
 * Born-again training (arXiv 1805.04770): one baseline, then `generations` students, each freshly initialised with draws of its
 * own and taught by the best checkpoint of the generation before.
 *
 * A generation whose folder holds the finished run is not trained again.
 *
 * @returns One result a generation, the baseline first; fewer where training was stopped.
 */
export async function distilGenerations(options: GenerationOptions): Promise<TrainResult[]> {
  const { generations, folder, baseline, student, ...common } = options;
  const results: TrainResult[] = [];
  for (let generation = 0; generation <= generations; generation++) {
    const first = generation === 0;
    const result = await train({
      ...common,
      generation,
      folder: folder(generation),
      method: first ? baseline : student,
      teacher: first ? undefined : await loadTeacher(folder(generation - 1)),
    });
    results.push(result);
    if (result.state !== "done") break;
  }
  return results;
}
