import type { Ref } from "../recording.ts";
import type { Draft } from "./draft.ts";

/**
 * Reshapes to the shape that is there, which tfjs leaves around operations of four axes, are left out:
 * TensorFlow would not join what they stand between.
 */
export function dropReshapes(draft: Draft): void {
  const same = new Map<Ref, Ref>();
  for (const [i, { name, inputs, outputs }] of draft.ops.entries()) {
    const [x] = inputs;
    if (name !== "Reshape" || !/^[io]/.test(x!)) continue;
    const isSame = draft.typeOf(x!).shape.join() === outputs[0]!.shape.join();
    if (isSame) same.set(`o${i}:0`, same.get(x!) ?? x!);
  }
  draft.substitute((ref) => same.get(ref) ?? ref);
}
