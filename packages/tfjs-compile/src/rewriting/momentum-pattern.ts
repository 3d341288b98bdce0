// Recognises SGD with momentum, and a weight decay that was added to its gradient.
import { DType } from "../node-backend.ts";
import type { Ref } from "../recording.ts";
import { isScalar, products, scalar, sums } from "./arithmetic.ts";
import type { Draft } from "./draft.ts";
import { type Assignment, assignments } from "./in-place.ts";

/** v ← share · v + gradient, w ← start − rate · (nesterov ? gradient + share · v : v). */
export interface MomentumUpdate {
  readonly parameter: Assignment;
  readonly velocity: Assignment;
  /** The parameter's old value, or what something else made of it first. */
  readonly start: Ref;
  readonly gradient: Ref;
  readonly share: Ref;
  readonly rate: Ref;
  readonly nesterov: boolean;
}

/** All momentum steps of a recording; a velocity that two parameters share is in none. */
export function momentumUpdates(draft: Draft): MomentumUpdate[] {
  const found = assignments(draft).flatMap((parameter) => momentumUpdate(draft, parameter) ?? []);
  const velocities = found.map(({ velocity }) => velocity.variable);
  const once = (variable: number): boolean =>
    velocities.indexOf(variable) === velocities.lastIndexOf(variable);
  return found.filter(({ velocity }) => once(velocity.variable));
}

/** The momentum step that the assignment of a parameter is the end of. */
function momentumUpdate(draft: Draft, parameter: Assignment): MomentumUpdate | undefined {
  const moved = draft.op(parameter.ref, "Sub");
  if (moved === undefined) return undefined;
  const [start, step] = moved.inputs as [Ref, Ref];
  if (draft.typeOf(start).shape.join() !== draft.typeOf(parameter.ref).shape.join())
    return undefined;
  if (draft.typeOf(parameter.ref).dtype !== DType.float32) return undefined;
  for (const [direction, rate] of products(draft, step)) {
    if (!isScalar(draft, rate)) continue;
    const plain = velocityUpdate(draft, parameter, direction);
    if (plain !== undefined) return { parameter, start, ...plain, rate, nesterov: false };
    for (const [gradient, ahead] of sums(draft, direction)) {
      for (const [velocity, share] of products(draft, ahead)) {
        const update = velocityUpdate(draft, parameter, velocity);
        if (update === undefined || update.gradient !== gradient) continue;
        if (!sameNumber(draft, update.share, share)) continue;
        return { parameter, start, ...update, rate, nesterov: true };
      }
    }
  }
  return undefined;
}

/** `ref` as share · v + gradient that is assigned to v. */
function velocityUpdate(
  draft: Draft,
  parameter: Assignment,
  ref: Ref,
): Pick<MomentumUpdate, "velocity" | "gradient" | "share"> | undefined {
  const velocity = assignments(draft).find(
    (u) => u.ref === ref && u.variable !== parameter.variable,
  );
  if (velocity === undefined) return undefined;
  const [shape, ...others] = [`v${parameter.variable}`, `v${velocity.variable}`, ref].map((r) =>
    draft.typeOf(r).shape.join(),
  );
  if (others.some((other) => other !== shape)) return undefined;
  for (const [kept, gradient] of sums(draft, ref)) {
    if (draft.typeOf(gradient).shape.join() !== shape) continue;
    for (const [v, share] of products(draft, kept)) {
      if (v !== `v${velocity.variable}` || !isScalar(draft, share)) continue;
      return { velocity, gradient, share };
    }
  }
  return undefined;
}

/** The gradient without a weight decay that was added to it, if one was. */
export function coupledDecay(
  draft: Draft,
  { parameter, gradient, share, nesterov }: MomentumUpdate,
): { readonly gradient: Ref; readonly factor: number } | undefined {
  const kept = draft.constant(share)?.[0] ?? 0;
  if (nesterov || kept <= 0) return undefined;
  for (const [rest, decay] of sums(draft, gradient)) {
    if (draft.typeOf(rest).shape.join() !== draft.typeOf(gradient).shape.join()) continue;
    for (const [weight, amount] of products(draft, decay)) {
      const factor = scalar(draft, amount);
      if (weight !== `v${parameter.variable}` || factor === undefined) continue;
      return { gradient: rest, factor: factor / kept };
    }
  }
  return undefined;
}

const sameNumber = (draft: Draft, a: Ref, b: Ref): boolean =>
  a === b || (a.startsWith("c") && draft.constant(a)?.join() === draft.constant(b)?.join());
