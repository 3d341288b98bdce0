// From a study's configuration to its plan: profiles, lists of options, the grid, and every run checked.
import { planStudy, type Settings, type StudyPlan, type Variant, withSetting } from "@sd/study";
import { refuse } from "../config/check.ts";
import { jsonSchemaOf, namesAt } from "../config/json-schema.ts";
import type { Loaded } from "../config/load.ts";
import { needsTeacher, parseMethod } from "../config/method-schema.ts";
import type { Named } from "../config/named.ts";
import { nearest } from "../config/nearest.ts";
import type { Override } from "../config/overrides.ts";
import { problemsOf } from "../config/problems.ts";
import { runSchema } from "../config/run-schema.ts";
import type { StudySettings } from "../config/settings.ts";
import { UsageError } from "../errors.ts";

/** The study with what a profile says in place of its own. */
export function withProfile(settings: StudySettings, name: string | undefined): StudySettings {
  if (name === undefined) return settings;
  const { profiles } = settings;
  if (Object.hasOwn(profiles, name)) {
    const given = Object.entries(profiles[name]!).filter(([, value]) => value !== undefined);
    return { ...settings, ...Object.fromEntries(given) };
  }
  const names = Object.keys(profiles);
  const meant = nearest(name, names);
  const hint = meant ? `; did you mean ${meant}?` : "";
  throw new UsageError(
    `--profile ${name}: the study has ${names.length === 0 ? "no profiles" : `the profiles ${names.join(", ")}`}${hint}`,
  );
}

/** Every combination of a method's options, some of which may be lists. */
function methodsOf(method: Named): Named[] {
  return Object.entries(method).reduce<Named[]>(
    (methods, [name, value]) =>
      Array.isArray(value)
        ? methods.flatMap((one) => value.map((each: unknown) => ({ ...one, [name]: each })))
        : methods,
    [method],
  );
}

/** A method of a study as what its runs differ in. */
function variantOf({ generations, baseline, ...method }: Named): Variant {
  const { name } = method;
  const own = { label: name!, settings: { method: parseMethod(method) } } as Variant;
  if (!needsTeacher(own.label)) return own;
  const first = (baseline as Named | undefined) ?? parseMethod({ name: "cross-entropy" });
  return {
    ...own,
    generations: (generations as number | undefined) ?? 1,
    baseline: { label: first.name, settings: { method: first } },
  };
}

/** Checks each value of the grid by itself, where it stands in the file. */
function checkGrid(
  { source, settings }: Pick<Loaded<StudySettings>, "source" | "settings">,
  shared: Settings,
  overrides: readonly Override[],
): void {
  const json = jsonSchemaOf(runSchema);
  const problems = Object.entries(settings.grid).flatMap(([path, values]) =>
    values.flatMap((value, i) => {
      const at = ["grid", path, i];
      if (/^(seed|method|generation|teacher)(\.|$)/.test(path)) {
        const message = `${path} is not for the grid: seeds and methods have their own lists`;
        return [{ path: ["grid", path], name: true, message }];
      }
      try {
        const root = withSetting(shared, path, value);
        const { error } = runSchema.safeParse(root);
        const found = error
          ? problemsOf(error.issues, { root, namesAt: (p) => namesAt(json, root, p) })
          : [];
        return found.map(({ name, message, path: inner }) => ({
          path: name ? ["grid", path] : at,
          name,
          message: name ? `${inner.join(".")}: ${message}` : message,
        }));
      } catch (error) {
        return [{ path: ["grid", path], name: true, message: (error as Error).message }];
      }
    }),
  );
  if (problems.length > 0) refuse(source, overrides, problems);
}

/**
 * The plan of a study.
 *
 * @throws ConfigError where a value of the grid is none that a run can have.
 */
export function planOf(
  loaded: Loaded<StudySettings>,
  {
    profile,
    overrides = [],
  }: { readonly profile?: string | undefined; readonly overrides?: readonly Override[] } = {},
): StudyPlan {
  const settings = withProfile(loaded.settings, profile);
  const { name, methods, seeds, grid, profiles: _, description: __, ...shared } = settings;
  checkGrid({ source: loaded.source, settings }, { ...shared }, overrides);
  return planStudy(
    {
      name,
      settings: { ...shared },
      variants: methods.flatMap(methodsOf).map(variantOf),
      grid,
      seeds,
    },
    { resolve: (run) => ({ ...runSchema.parse(run) }) },
  );
}
