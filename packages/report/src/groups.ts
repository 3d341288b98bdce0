// Runs that differ in nothing but their seed belong to one method.
import type { RunRecord } from "@sd/runs";

/** The finished runs of one method. */
export interface MethodGroup {
  /** For people; unique among the groups. */
  readonly label: string;
  readonly name: string;
  /** By ascending seed. */
  readonly records: readonly RunRecord[];
}

interface MethodConfig {
  readonly name: string;
  readonly label: string;
  readonly options?: unknown;
}

const methodOf = ({ config, folder }: RunRecord): MethodConfig => {
  const method = (config.method ?? {}) as Partial<MethodConfig>;
  const name = String(method.name ?? folder);
  return { name, label: String(method.label ?? name), options: method.options ?? null };
};

export const seedOf = ({ config }: RunRecord): number => Number(config.seed ?? 0);

// What a seed changes (seed, data, teacher) is no part of the identity.
const IDENTITY = ["generation", "model", "epochs", "batchSize", "optimizer", "schedule"] as const;

const identityOf = (record: RunRecord): string =>
  JSON.stringify([methodOf(record), ...IDENTITY.map((key) => record.config[key] ?? null)]);

/** The settings in which runs of equal label differ, as `key value, key value`. */
function difference(record: RunRecord, others: readonly RunRecord[]): string {
  const values = (r: RunRecord): Record<string, unknown> => ({
    ...Object.fromEntries(IDENTITY.map((key) => [key, r.config[key]])),
    ...(methodOf(r).options as object | null),
  });
  const text = (value: unknown): string =>
    typeof value === "string" ? value : JSON.stringify(value);
  return Object.entries(values(record))
    .filter(([key, value]) => others.some((other) => text(values(other)[key]) !== text(value)))
    .map(([key, value]) => `${key} ${text(value)}`)
    .join(", ");
}

/**
 * Groups finished runs by method and settings, whatever their seeds.
 *
 * @param records - Runs in any state; those that are not `done` are left out.
 * @param baseline - The method's name that comes first; default the first plain cross-entropy.
 */
export function groupRuns(records: readonly RunRecord[], baseline?: string): MethodGroup[] {
  const groups = new Map<string, RunRecord[]>();
  for (const record of records.filter(({ status }) => status.state === "done")) {
    const key = identityOf(record);
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  const firsts = [...groups.values()].map(([first]) => first!);
  const labelled = [...groups.values()].map((group): MethodGroup => {
    const { name, label } = methodOf(group[0]!);
    const namesakes = firsts.filter((first) => methodOf(first).label === label);
    const detail = namesakes.length > 1 ? difference(group[0]!, namesakes) : "";
    return {
      name,
      label: detail ? `${label} (${detail})` : label,
      records: group.sort((a, b) => seedOf(a) - seedOf(b)),
    };
  });
  const isBaseline = ({ name }: MethodGroup): boolean =>
    baseline === undefined ? /^(cce|cross-?entropy)$/i.test(name) : name === baseline;
  return [...labelled.filter(isBaseline), ...labelled.filter((group) => !isBaseline(group))];
}
