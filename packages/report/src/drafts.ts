// Groups before they have their labels: what cells and labels are made from.
import type { RunRecord } from "@sd/runs";
import { cellConfigOf, generationOf, methodOf } from "./identity.ts";
import { canonical, leavesOf } from "./settings.ts";

/** A group before it has its labels. */
export interface Draft {
  readonly records: readonly RunRecord[];
  readonly method: string;
  readonly methodLabel: string;
  readonly options: unknown;
  readonly generation: number;
  readonly cellKey: string;
  readonly cell: ReadonlyMap<string, unknown>;
  /** What may tell it from its namesakes. */
  readonly own: ReadonlyMap<string, unknown>;
}

/** What runs of one group are, by the first of them. */
export function draftOf(
  records: readonly RunRecord[],
  teacherOf: (record: RunRecord) => RunRecord | undefined,
): Draft {
  const [first] = records;
  const { name, label, options } = methodOf(first!);
  const generation = generationOf(first!);
  const config = cellConfigOf(first!);
  const teacher = teacherOf(first!);
  const taught: [string, unknown][] = teacher ? [["teacher", methodOf(teacher).label]] : [];
  return {
    records,
    ...{ method: name, methodLabel: label, options, generation },
    cellKey: canonical(config),
    cell: leavesOf(config),
    own: new Map([...leavesOf(options), ["generation", generation], ["method", name], ...taught]),
  };
}
