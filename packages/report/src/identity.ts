// What a run is, apart from its seed: everything in its configuration but what the seed determines.
import { basename, resolve } from "node:path";
import type { RunRecord } from "@sd/runs";
import { groupBy } from "./group-by.ts";
import { canonical } from "./settings.ts";

/** A run's method as its configuration names it. */
export interface MethodConfig {
  readonly name: string;
  readonly label: string;
  readonly options: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** The method of a run; a run without one is called by its folder. */
export function methodOf({ config, folder }: RunRecord): MethodConfig {
  const { name = basename(folder), label = name, ...method } = fieldsOf(config.method);
  return { name: String(name), label: String(label), options: method.options ?? {} };
}

export const seedOf = ({ config }: RunRecord): number => Number(config.seed ?? 0);

export const generationOf = ({ config }: RunRecord): number => Number(config.generation ?? 0);

/** The folder of the run that taught this one, as a full path. */
export function teacherFolder({ config, folder }: RunRecord): string | undefined {
  const { run } = fieldsOf(config.teacher);
  return typeof run === "string" ? resolve(folder, run) : undefined;
}

/** Everything in a configuration that belongs neither to the method nor to the seed. */
export interface CellConfig {
  readonly [name: string]: unknown;
}

/** The configuration without method, generation, teacher, and what follows from the seed. */
export function cellConfigOf({ config }: RunRecord): CellConfig {
  const { method, generation, teacher, seed, ...cell } = config;
  const { noise, ...data } = fieldsOf(cell.data);
  if (noise === undefined) return cell;
  const { seed: noiseSeed, flipped, ...kind } = fieldsOf(noise);
  return { ...cell, data: { ...data, noise: kind } };
}

/** The teacher without its folder, whose name holds the seed. */
function teacherConfigOf({ config }: RunRecord): unknown {
  if (config.teacher === undefined) return null;
  const { run, ...teacher } = fieldsOf(config.teacher);
  return teacher;
}

/** What runs of one group have in common at least. */
const coarseKey = (record: RunRecord): string =>
  canonical([
    methodOf(record),
    generationOf(record),
    teacherConfigOf(record),
    cellConfigOf(record),
  ]);

/** The seed of the wrong labels, where it does not follow from the run's. */
function noiseSeedOf({ config }: RunRecord): unknown {
  return fieldsOf(fieldsOf(config.data).noise).seed;
}

/**
 * Splits runs that are equal so far by the seed of their wrong labels, where it is fixed and not the
 * run's own.
 */
function splitByNoise(records: readonly RunRecord[]): RunRecord[][] {
  const seeds = records.map(noiseSeedOf);
  const fixed = new Set(seeds.filter((seed, i) => seed !== records[i]!.config.seed));
  if (fixed.size === 0) return [[...records]];
  return [
    ...groupBy(records, (r) => (fixed.has(noiseSeedOf(r)) ? noiseSeedOf(r) : "run")).values(),
  ];
}

/** Splits runs that are equal so far by who taught them, where that is known and differs. */
function splitByTeacher(
  records: readonly RunRecord[],
  teacherOf: (record: RunRecord) => string | undefined,
): RunRecord[][] {
  const teachers = records.map(teacherOf);
  if (new Set(teachers.filter((teacher) => teacher !== undefined)).size < 2) return [[...records]];
  return [...groupBy(records, teacherOf).values()];
}

/**
 * Runs that differ in nothing but what their seed determines, in the order in which they come.
 *
 * A teacher counts by what it is, as far as its run is among `known`, not by its folder.
 */
export function equalRuns(
  records: readonly RunRecord[],
  known: readonly RunRecord[],
): RunRecord[][] {
  const byFolder = new Map(known.map((record) => [resolve(record.folder), record]));
  const keys = new Map<RunRecord, string>();
  const keyOf = (record: RunRecord): string => {
    const key = keys.get(record) ?? coarseKey(record);
    keys.set(record, key);
    return key;
  };
  const teacherOf = (record: RunRecord): string | undefined => {
    // The whole line of teachers; one that comes twice would have taught itself.
    const line: string[] = [];
    const seen = new Set<string>();
    for (let folder = teacherFolder(record); folder !== undefined && !seen.has(folder); ) {
      const teacher = byFolder.get(folder);
      if (teacher === undefined) break;
      seen.add(folder);
      line.push(keyOf(teacher));
      folder = teacherFolder(teacher);
    }
    return line.length === 0 ? undefined : line.join("\n");
  };
  return [...groupBy(records, keyOf).values()]
    .flatMap(splitByNoise)
    .flatMap((equal) => splitByTeacher(equal, teacherOf));
}
