// A configuration against its schema: the settings with all defaults, or every problem with its place.
import type { z } from "zod";
import { jsonSchemaOf, namesAt } from "./json-schema.ts";
import { applyOverrides, type Override, overrideOf } from "./overrides.ts";
import { type Problem, problemsOf } from "./problems.ts";
import { ConfigError, type Path, type Source } from "./source.ts";

/** So many problems are told at once. */
const MOST = 20;

/** A path as people write it: `methods[2].epsilon`. */
export const formatPath = (path: Path): string =>
  path
    .map((name, i) => (typeof name === "number" ? `[${name}]` : i === 0 ? name : `.${name}`))
    .join("");

/** A problem as one line, and where it stands; what comes from the command line stands behind the file. */
function locate(
  source: Source,
  overrides: readonly Override[],
  { path, name, message }: Problem,
): { readonly order: number; readonly line: string } {
  const words = path.length === 0 ? message : `${formatPath(path)}: ${message}`;
  const override = overrideOf(overrides, path);
  if (override !== undefined) {
    return { order: Number.POSITIVE_INFINITY, line: `--set ${override.text}: ${words}` };
  }
  const { line, column } = name ? source.placeOfName(path) : source.placeOf(path);
  return { order: line * 10_000 + column, line: `${source.file}:${line}:${column}: ${words}` };
}

/** Fails with a line for each of the problems, in the order of the file. */
export function refuse(
  source: Source,
  overrides: readonly Override[],
  problems: readonly Problem[],
): never {
  const located = problems.map((problem) => locate(source, overrides, problem));
  const sorted = located.sort((a, b) => (a.order === b.order ? 0 : a.order - b.order));
  const lines = [...new Set(sorted.map(({ line }) => line))];
  const more = lines.length > MOST ? [`and ${lines.length - MOST} more`] : [];
  throw new ConfigError([...lines.slice(0, MOST), ...more].join("\n"));
}

/**
 * The settings of a configuration, with all defaults.
 *
 * @throws {@link ConfigError} with a line for each problem: file, line, column, setting, what was expected and what came.
 */
export function checkSource<T>(
  schema: z.ZodType<T>,
  source: Source,
  overrides: readonly Override[] = [],
): T {
  const root = applyOverrides(source.value, overrides);
  const result = schema.safeParse(root);
  if (result.success) return result.data;
  const json = jsonSchemaOf(schema);
  const problems = problemsOf(result.error.issues, {
    root,
    namesAt: (path) => namesAt(json, root, path),
  });
  refuse(source, overrides, problems);
}
