// Operations that change variables in their place, instead of computing values that are assigned.
import type { RecordedOp, Ref, Update } from "../recording.ts";
import { type Draft, FLOAT } from "./draft.ts";

/** The assignment of a value to a variable. */
export type Assignment = Extract<Update, { readonly ref: Ref }>;

export const assignments = ({ updates }: Draft): Assignment[] =>
  updates.filter((update) => "ref" in update);

/** What some assignments are replaced by. */
export interface InPlaceUpdate {
  readonly assignments: readonly Assignment[];
  /** Adds the operations; the last of them is returned, by its number. */
  readonly push: (draft: Draft) => number;
}

/** Puts the operations in the place of the assignments; who else takes the new values reads them then. */
export function applyInPlace(draft: Draft, updates: readonly InPlaceUpdate[]): void {
  const applied = updates.map((update) => apply(draft, update));
  const dependent = dependents(draft, new Set(applied));
  const readers = [...draft.used()].filter((op) => !dependent.has(op));
  for (const [i, update] of updates.entries()) waitFor(draft, applied[i]!, readers, update);
}

function apply(draft: Draft, { assignments, push }: InPlaceUpdate): number {
  const op = push(draft);
  for (const { variable, ref } of assignments) {
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

/** Adds an operation without outputs on variables' handles. */
export function pushUpdate(
  { ops }: Draft,
  name: string,
  inputs: readonly Ref[],
  { after = [], attributes = {} }: Partial<Pick<RecordedOp, "after" | "attributes">> = {},
): number {
  const locked = { T: FLOAT, use_locking: { kind: "bool", value: true }, ...attributes } as const;
  return ops.push({ name, attributes: locked, inputs, outputs: [], after }) - 1;
}

/** Adds the assignment of a value, which an operation in place may follow. */
export function pushAssign({ ops }: Draft, variable: number, value: Ref): number {
  const inputs = [`h${variable}`, value];
  const attributes = { dtype: FLOAT };
  return ops.push({ name: "AssignVariableOp", attributes, inputs, outputs: [] }) - 1;
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
  { assignments }: InPlaceUpdate,
): void {
  const old = assignments.map(({ variable }) => `v${variable}`);
  const after = candidates.filter((i) => draft.ops[i]!.inputs.some((ref) => old.includes(ref)));
  const op = draft.ops[applied]!;
  draft.ops[applied] = { ...op, after: [...new Set([...(op.after ?? []), ...after])] };
}
