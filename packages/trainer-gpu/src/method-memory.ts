// What a method remembers, as tensors of a checkpoint and back.
import type { StoredTensor, TensorMap } from "@sd/runs";
import { TrainerError } from "./errors.ts";
import type { MethodState } from "./methods/method.ts";

/** Before the name of every array of a method's memory. */
const PREFIX = "method.";

/** The memory as tensors of one axis each. */
export function packMemory(memory: MethodState): TensorMap {
  return Object.fromEntries(
    Object.entries(memory).map(([name, data]) => [
      `${PREFIX}${name}`,
      { shape: [data.length], data },
    ]),
  );
}

/**
 * Puts what a checkpoint holds into the arrays of a fresh memory.
 *
 * @throws TrainerError `BAD_CHECKPOINT` where an array is missing or has another type or length,
 *   naming it.
 */
export function restoreMemory(
  memory: MethodState,
  tensors: Readonly<Record<string, StoredTensor>>,
): void {
  for (const [name, array] of Object.entries(memory)) {
    const stored = tensors[`${PREFIX}${name}`]?.data;
    const describe = (data: typeof stored): string =>
      data === undefined ? "none" : `${data.constructor.name} of ${data.length}`;
    if (describe(stored) !== describe(array)) {
      throw new TrainerError(
        "BAD_CHECKPOINT",
        `tensor \`${PREFIX}${name}\`: expected ${describe(array)}, got ${describe(stored)}`,
      );
    }
    array.set(stored as never);
  }
}
