// Moving averages in place.
import { DType } from "../node-backend.ts";
import type { Ref } from "../recording.ts";
import { isScalar, products, sameShape, sums } from "./arithmetic.ts";
import type { Draft } from "./draft.ts";
import {
  type Assignment,
  applyInPlace,
  assignments,
  type InPlaceUpdate,
  pushAssign,
  pushUpdate,
} from "./in-place.ts";

/**
 * e ← a · e + b · x, where a and b are scalars: a · e is assigned, and b · x added in its place, so that
 * no second product and no sum take memory of their own.
 */
export function lowerMovingAverages(draft: Draft): void {
  const found = assignments(draft).flatMap((assignment) => movingAverage(draft, assignment) ?? []);
  applyInPlace(draft, found);
}

function movingAverage(draft: Draft, assignment: Assignment): InPlaceUpdate | undefined {
  const { variable, ref } = assignment;
  const old = `v${variable}`;
  const { shape, dtype } = draft.typeOf(old);
  if (shape.length === 0 || dtype !== DType.float32) return undefined;
  for (const [kept, added] of sums(draft, ref)) {
    const keeps = products(draft, kept).some(([e, a]) => e === old && isScalar(draft, a));
    if (!keeps) continue;
    for (const [x, share] of products(draft, added)) {
      if (!isScalar(draft, share) || !sameShape(draft, x, old)) continue;
      return { assignments: [assignment], push: () => push(draft, { variable, kept, x, share }) };
    }
  }
  return undefined;
}

function push(
  draft: Draft,
  { variable, kept, x, share }: { variable: number; kept: Ref; x: Ref; share: Ref },
): number {
  const negative = draft.append("Neg", [share], { shape: [], dtype: DType.float32 });
  const after = [pushAssign(draft, variable, kept)];
  const inputs = [`h${variable}`, negative, x];
  return pushUpdate(draft, "ResourceApplyGradientDescent", inputs, { after });
}
