// SGD with momentum as TensorFlow's own operation, which changes parameter and velocity in place.
import type { RecordedOp, Ref } from "../recording.ts";
import { type Draft, FLOAT } from "./draft.ts";
import { coupledDecay, type MomentumUpdate, momentumUpdates } from "./momentum-pattern.ts";

/**
 * Pairs of assignments that are a momentum step, however it is written in tfjs, become
 * `ResourceApplyMomentum`. Who else takes the new values reads them afterwards.
 */
export function lowerMomentum(draft: Draft): void {
  const updates = momentumUpdates(draft);
  const applied = updates.map((update) => apply(draft, update));
  const dependent = dependents(draft, new Set(applied));
  const readers = [...draft.used()].filter((op) => !dependent.has(op));
  for (const [i, update] of updates.entries()) waitFor(draft, applied[i]!, readers, update);
}

/** Puts the operation in the place of both assignments. */
function apply(draft: Draft, update: MomentumUpdate): number {
  const { parameter, velocity, gradient, share, rate, nesterov } = update;
  const handles = [`h${parameter.variable}`, `h${velocity.variable}`];
  const attributes = {
    T: FLOAT,
    use_locking: { kind: "bool", value: true },
    use_nesterov: { kind: "bool", value: nesterov },
  } as const;
  const decay = coupledDecay(draft, update);
  const taken = decay === undefined ? gradient : decay.gradient;
  const inputs = [...handles, rate, taken, share];
  const after = decay === undefined ? [] : [pull(draft, update, decay.factor)];
  const op = push(draft, "ResourceApplyMomentum", attributes, inputs, after);
  for (const { variable, ref } of [parameter, velocity]) {
    const number = draft.numberOf(ref);
    draft.ops[number] = {
      name: "ReadVariableOp",
      attributes: { dtype: FLOAT },
      inputs: [`h${variable}`],
      outputs: draft.ops[number]!.outputs,
      after: [op],
    };
    const i = draft.updates.findIndex((u) => u.variable === variable);
    draft.updates[i] = { variable, op };
  }
  return op;
}

/**
 * v ← v + factor · w, so that share · v + gradient has the decay in it: one pass in place instead of
 * two through new memory.
 */
function pull(draft: Draft, { parameter, velocity }: MomentumUpdate, factor: number): number {
  const attributes = { T: FLOAT, use_locking: { kind: "bool", value: true } } as const;
  const rate = draft.add("float32", [], [-factor]);
  const inputs = [`h${velocity.variable}`, rate, `v${parameter.variable}`];
  return push(draft, "ResourceApplyGradientDescent", attributes, inputs, []);
}

function push(
  { ops }: Draft,
  name: string,
  attributes: RecordedOp["attributes"],
  inputs: readonly Ref[],
  after: readonly number[],
): number {
  return ops.push({ name, attributes, inputs, outputs: [], after }) - 1;
}

/** The operations that take, at first or second hand, what one of `sources` has changed. */
function dependents(draft: Draft, sources: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set<number>(sources);
  const depends = ({ inputs, after = [] }: RecordedOp): boolean =>
    after.some((op) => found.has(op)) ||
    inputs.some((ref) => ref.startsWith("o") && found.has(Number.parseInt(ref.slice(1), 10)));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const [i, op] of draft.ops.entries()) if (!found.has(i) && depends(op)) found.add(i);
  }
  return found;
}

/**
 * Lets the update begin when nobody looks at the old values any more: TensorFlow would copy them
 * first.
 */
function waitFor(
  draft: Draft,
  applied: number,
  candidates: readonly number[],
  { parameter, velocity }: MomentumUpdate,
): void {
  const old = [`v${parameter.variable}`, `v${velocity.variable}`];
  const after = candidates.filter((i) => draft.ops[i]!.inputs.some((ref) => old.includes(ref)));
  const op = draft.ops[applied]!;
  draft.ops[applied] = { ...op, after: [...new Set([...(op.after ?? []), ...after])] };
}
