import type { Ref } from "../recording.ts";
import type { Draft } from "./draft.ts";

/** How often each tensor is taken by operations that are used, by outputs and by assignments. */
export function countUses(draft: Draft): ReadonlyMap<Ref, number> {
  const counts = new Map<Ref, number>();
  const taken = [...[...draft.used()].flatMap((i) => draft.ops[i]!.inputs), ...draft.ends()];
  for (const ref of taken) counts.set(ref, (counts.get(ref) ?? 0) + 1);
  return counts;
}
