// A loss that is not finite ends a run; the batch that it came from is kept.
import type { Batch } from "@sd/data";
import type { Run, TensorMap } from "@sd/runs";
import { TrainerError } from "./errors.ts";
import type { Signals, Targets } from "./methods/method.ts";

/** What is known of a step. */
export interface StepEvidence {
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
  readonly batch: Batch;
  readonly classes: number;
  readonly signals?: Signals;
  readonly targets?: Targets;
  readonly logits?: Float32Array;
}

const firstNonFinite = (values: ArrayLike<number>): number | undefined =>
  Array.prototype.find.call(values, (value: number) => !Number.isFinite(value)) as
    | number
    | undefined;

function tensorsOf({ batch, classes, signals = {}, targets, logits }: StepEvidence): TensorMap {
  const { images, labels, labelTargets, indices, shape } = batch;
  const [m] = shape;
  const rows = (data: Float32Array) => ({ shape: [m, classes], data });
  const ofSignals = Object.entries(signals).map(([name, data]) => [`signals.${name}`, rows(data)]);
  return {
    images: { shape, data: images },
    labels: { shape: [m], data: labels },
    indices: { shape: [m], data: indices },
    ...(labelTargets ? { labelTargets: rows(labelTargets) } : {}),
    ...Object.fromEntries(ofSignals),
    ...(targets ? { targets: rows(targets.targets) } : {}),
    ...(targets?.weights ? { weights: { shape: [m], data: targets.weights } } : {}),
    ...(logits ? { logits: rows(logits) } : {}),
  };
}

/**
 * Fails where numbers of a step have left the finite range: nothing that follows would mean anything.
 * The batch is kept in the folder `failures`.
 *
 * @throws TrainerError `NON_FINITE_LOSS`, with the batch's file.
 */
export async function checkFinite(
  run: Run,
  what: string,
  values: ArrayLike<number>,
  evidence: StepEvidence,
): Promise<void> {
  const value = firstNonFinite(values);
  if (value === undefined) return;
  const { epoch, step, learningRate } = evidence;
  const where = `epoch ${epoch}, step ${step}, learning rate ${learningRate}`;
  const problem = `${what} is ${value} at ${where}: a smaller learning rate may help`;
  const name = `epoch-${epoch}-step-${step}`;
  let file: string;
  try {
    file = await run.saveFailure(name, tensorsOf(evidence), { problem });
  } catch (cause) {
    const lost = `${problem}; its batch could not be kept: ${(cause as Error).message}`;
    throw new TrainerError("NON_FINITE_LOSS", lost, { cause });
  }
  throw new TrainerError("NON_FINITE_LOSS", `${problem}; its batch is in ${file}`, { file });
}
