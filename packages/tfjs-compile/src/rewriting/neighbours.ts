// What stands around an operation: who takes what it gives, and whether nothing else does.
import type { Ref, TensorType } from "../recording.ts";
import type { Draft } from "./draft.ts";
import { countUses } from "./uses.ts";

/** What rules that join operations ask of the recording as it was before any of them. */
export interface Before {
  readonly draft: Draft;
  readonly uses: ReadonlyMap<Ref, number>;
  /** The operations, by number, that take a tensor. */
  readonly takers: ReadonlyMap<Ref, readonly number[]>;
  /** Additions, by number, that are part of another operation now. */
  readonly joined: Set<number>;
  /** Tensors that another takes the place of. */
  readonly replaced: Map<Ref, Ref>;
}

export function lookAt(draft: Draft): Before {
  const takers = new Map<Ref, number[]>();
  for (const i of draft.used()) {
    for (const ref of new Set(draft.ops[i]!.inputs)) {
      takers.set(ref, [...(takers.get(ref) ?? []), i]);
    }
  }
  return { draft, uses: countUses(draft), takers, joined: new Set(), replaced: new Map() };
}

export const ADDITIONS: readonly string[] = ["Add", "AddV2"];

/** The one operation that takes a tensor, if it has one of the names and nothing else takes it. */
export function onlyTaker(
  { draft, uses, takers }: Before,
  ref: Ref,
  names: readonly string[],
): number | undefined {
  const [taker] = takers.get(ref) ?? [];
  if (uses.get(ref) !== 1 || taker === undefined) return undefined;
  return names.includes(draft.ops[taker]!.name) ? taker : undefined;
}

/** The other operand of an addition of two tensors of one shape; undefined where shapes differ. */
export function otherOperand({ draft }: Before, addition: number, ref: Ref): Ref | undefined {
  const [a, b] = draft.ops[addition]!.inputs as [Ref, Ref];
  const other = a === ref ? b : a;
  return sameShape(draft.typeOf(other), draft.typeOf(ref)) ? other : undefined;
}

export const sameShape = (a: TensorType, b: TensorType): boolean =>
  a.dtype === b.dtype && a.shape.join() === b.shape.join();

/** Whether an operation has to be over before a tensor is there. */
export function comesFrom({ ops }: Draft, ref: Ref, op: number): boolean {
  const seen = new Set<number>();
  const waiting = [ref];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!next.startsWith("o")) continue;
    const number = Number(next.slice(1, next.indexOf(":")));
    if (number === op) return true;
    if (seen.has(number)) continue;
    seen.add(number);
    waiting.push(...ops[number]!.inputs);
  }
  return false;
}
