// SGD with momentum as TensorFlow's own operation, which changes parameter and velocity in place.
import { DType } from "../node-backend.ts";
import type { RecordedOp, Ref, Update } from "../recording.ts";
import { type Draft, FLOAT } from "./draft.ts";

/** v ← share · v + gradient, w ← w − rate · (nesterov ? gradient + share · v : v). */
interface MomentumUpdate {
  readonly parameter: Assignment;
  readonly velocity: Assignment;
  readonly gradient: Ref;
  readonly share: Ref;
  readonly rate: Ref;
  readonly nesterov: boolean;
}

type Assignment = Extract<Update, { readonly ref: Ref }>;

/**
 * Pairs of assignments that are a momentum step, however it is written in tfjs, become
 * `ResourceApplyMomentum`. Who else takes the new values reads them afterwards.
 */
export function lowerMomentum(draft: Draft): void {
  const found = assignments(draft).flatMap((parameter) => momentumUpdate(draft, parameter) ?? []);
  // A velocity that two parameters share has to be assigned once.
  const velocities = found.map(({ velocity }) => velocity.variable);
  const single = found.filter(
    ({ velocity }) => velocities.filter((v) => v === velocity.variable).length === 1,
  );
  const applied = single.map((update) => apply(draft, update));
  const dependent = dependents(draft, new Set(applied));
  const readers = [...draft.used()].filter((op) => !dependent.has(op));
  for (const [i, update] of single.entries()) waitFor(draft, applied[i]!, readers, update);
}

const assignments = ({ updates }: Draft): Assignment[] =>
  updates.filter((update) => "ref" in update);

/** The momentum step that the assignment of a parameter is the end of. */
function momentumUpdate(draft: Draft, parameter: Assignment): MomentumUpdate | undefined {
  const moved = draft.op(parameter.ref, "Sub");
  if (moved?.inputs[0] !== `v${parameter.variable}`) return undefined;
  if (draft.typeOf(parameter.ref).dtype !== DType.float32) return undefined;
  for (const [direction, rate] of products(draft, moved.inputs[1]!)) {
    if (!isScalar(draft, rate)) continue;
    const plain = velocityUpdate(draft, parameter, direction);
    if (plain !== undefined) return { parameter, ...plain, rate, nesterov: false };
    for (const [gradient, ahead] of sums(draft, direction)) {
      for (const [velocity, share] of products(draft, ahead)) {
        const update = velocityUpdate(draft, parameter, velocity);
        if (update === undefined || update.gradient !== gradient) continue;
        if (!sameNumber(draft, update.share, share)) continue;
        return { parameter, ...update, rate, nesterov: true };
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

/** The gradient without a weight decay that was added to it, if one was. */
function coupledDecay(
  draft: Draft,
  { parameter, gradient, share, nesterov }: MomentumUpdate,
): { readonly gradient: Ref; readonly factor: number } | undefined {
  const kept = draft.constant(share)?.[0] ?? 0;
  if (nesterov || kept <= 0) return undefined;
  for (const [rest, decay] of sums(draft, gradient)) {
    if (draft.typeOf(rest).shape.join() !== draft.typeOf(gradient).shape.join()) continue;
    for (const [weight, amount] of products(draft, decay)) {
      const factor = isScalar(draft, amount) ? draft.constant(amount)?.[0] : undefined;
      if (weight !== `v${parameter.variable}` || factor === undefined) continue;
      return { gradient: rest, factor: factor / kept };
    }
  }
  return undefined;
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

/** The two factors of a product of two, both ways round. */
function products(draft: Draft, ref: Ref): [Ref, Ref][] {
  return bothWays(draft.op(ref, "Mul"));
}

/** The two terms of a sum of two, both ways round. */
function sums(draft: Draft, ref: Ref): [Ref, Ref][] {
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

const isScalar = (draft: Draft, ref: Ref): boolean => draft.typeOf(ref).shape.length === 0;

const sameNumber = (draft: Draft, a: Ref, b: Ref): boolean =>
  a === b || (a.startsWith("c") && draft.constant(a)?.join() === draft.constant(b)?.join());
