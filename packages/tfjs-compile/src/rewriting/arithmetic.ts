// What rules look for in a step's arithmetic.
import type { RecordedOp, Ref } from "../recording.ts";
import type { Draft } from "./draft.ts";

/** The two factors of a product of two, both ways round. */
export function products(draft: Draft, ref: Ref): [Ref, Ref][] {
  return bothWays(draft.op(ref, "Mul"));
}

/** The two terms of a sum of two, both ways round. */
export function sums(draft: Draft, ref: Ref): [Ref, Ref][] {
  return bothWays(draft.op(ref, "Add", "AddV2"));
}

function bothWays(op: RecordedOp | undefined): [Ref, Ref][] {
  const [a, b] = op?.inputs ?? [];
  return a === undefined || b === undefined
    ? []
    : [
        [a, b],
        [b, a],
      ];
}

export const isScalar = (draft: Draft, ref: Ref): boolean => draft.typeOf(ref).shape.length === 0;

/** The value of a scalar that is a constant. */
export const scalar = (draft: Draft, ref: Ref): number | undefined =>
  isScalar(draft, ref) ? draft.constant(ref)?.[0] : undefined;

export const sameShape = (draft: Draft, a: Ref, b: Ref): boolean =>
  draft.typeOf(a).shape.join() === draft.typeOf(b).shape.join();
