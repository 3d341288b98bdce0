// A configuration as a person reads it: one setting a line, named by its last words.
import type { JsonObject } from "@sd/runs";

/** One setting, as it is shown. */
export interface Setting {
  /** Such as `noise rate`. */
  readonly name: string;
  /** Such as 0.4; `none` where others have the setting and this one has not. */
  readonly value: string | number | boolean;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value with the fields of every object in alphabetical order: equal settings give equal text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

/** Text that is equal for equal values, whatever the order of their fields. */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value)) ?? "null";

/** The values that are no objects, by the path of their fields; a list is one value. */
export function leavesOf(value: unknown, path: readonly string[] = []): Map<string, unknown> {
  const isLeaf = !isObject(value) || (path.length > 0 && Object.keys(value).length === 0);
  if (isLeaf) return new Map([[path.join("."), value]]);
  const below = Object.entries(value).map(([name, inner]) => leavesOf(inner, [...path, name]));
  return new Map(below.flatMap((leaves) => [...leaves]));
}

const words = (name: string): string =>
  name.replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);

// Paths whose last words alone would not tell, or not as people say it.
const NAMES: Readonly<Record<string, string>> = {
  "data.name": "data",
  "data.images": "training images",
  "data.validation": "validation images",
  "data.test": "test images",
  "optimizer.name": "optimizer",
  "schedule.name": "schedule",
  "augment.images": "augmentation",
  "augment.mix.name": "mixing",
};

/** Parts that group settings and say nothing themselves. */
const SILENT = new Set(["data", "optimizer", "options", "augment"]);

/** What a person calls the setting at a path: `data.noise.rate` is the noise rate. */
function nameOf(path: string): string {
  const known = NAMES[path];
  if (known !== undefined) return known;
  const parts = path.split(".");
  const telling = parts.filter((part, i) => i === parts.length - 1 || !SILENT.has(part));
  return words(telling.join(" "));
}

/** A value in words: lists by their items, named things by their names. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(textOf).join(" + ");
  if (!isObject(value)) return String(value);
  const { name, options, ...others } = value;
  const rest = { ...(isObject(options) ? options : {}), ...others };
  const detail = Object.entries(rest).map(([key, inner]) => `${words(key)} ${textOf(inner)}`);
  if (name === undefined && detail.length === 0) return "empty";
  const head = name === undefined ? "" : textOf(name);
  return detail.length === 0 ? head : `${head} (${detail.join(", ")})`.trimStart();
}

const shownValue = (value: unknown): Setting["value"] =>
  typeof value === "number" || typeof value === "boolean" ? value : textOf(value);

/** The part that a path lies in; empty for the outermost. */
const partOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf(".")));

/**
 * The paths at which some configurations differ. A part that some lack altogether is told by what
 * differs in it; if nothing does, by all of it.
 */
export function differingPaths(all: readonly ReadonlyMap<string, unknown>[]): string[] {
  const paths = [...new Set(all.flatMap((leaves) => [...leaves.keys()]))];
  const textAt = (path: string): Set<string> =>
    new Set(all.flatMap((leaves) => (leaves.has(path) ? [canonical(leaves.get(path))] : [])));
  const values = new Map(paths.map((path) => [path, textAt(path).size]));
  // An empty part is told by what the others have in it.
  const isPart = (path: string): boolean => paths.some((other) => other.startsWith(`${path}.`));
  const differing = paths.filter(
    (path) => (values.get(path)! > 1 || all.some((leaves) => !leaves.has(path))) && !isPart(path),
  );
  return differing.filter(
    (path) =>
      values.get(path)! > 1 ||
      !differing.some((other) => partOf(other) === partOf(path) && values.get(other)! > 1),
  );
}

/** The settings of one configuration at the given paths; a part that it lacks is said once. */
export function settingsAt(
  leaves: ReadonlyMap<string, unknown>,
  paths: readonly string[],
): Setting[] {
  const settings = paths.map((path): Setting => {
    if (leaves.has(path)) return { name: nameOf(path), value: shownValue(leaves.get(path)) };
    const parent = partOf(path);
    const lacksAll =
      parent !== "" && ![...leaves.keys()].some((key) => key.startsWith(`${parent}.`));
    return { name: nameOf(lacksAll && !SILENT.has(parent) ? parent : path), value: "none" };
  });
  const seen = new Set<string>();
  return settings.filter(({ name }) => !seen.has(name) && seen.add(name));
}

/** Settings in one line: `noise rate 0.4, epochs 20`, `no noise`. */
export const settingsText = (settings: readonly Setting[]): string =>
  settings
    .map(({ name, value }) => (value === "none" ? `no ${name}` : `${name} ${value}`))
    .join(", ");

/** More settings than this are told by as few as tell the cells apart. */
const MOST_NAMED = 3;

/**
 * What to call the cells of a grid: all that differs, or, where that is much, no more than tells them apart.
 *
 * @param cells - The settings of each cell, in the same order of names.
 */
export function cellTitles(cells: readonly (readonly Setting[])[]): string[] {
  const names = [...new Set(cells.flat().map(({ name }) => name))];
  const textOf = (kept: readonly string[]): string[] =>
    cells.map((settings) => settingsText(settings.filter(({ name }) => kept.includes(name))));
  const apart = (kept: readonly string[]): number => new Set(textOf(kept)).size;
  if (names.length <= MOST_NAMED) return textOf(names);
  const needed: string[] = [];
  for (const name of names) {
    const before = apart(needed);
    needed.push(name);
    if (apart(needed) === before) needed.pop();
  }
  return textOf(needed);
}
