// `--set optimizer.lr=0.05`: one setting of a configuration, given on the command line.
import { type Settings, StudyError, withSetting } from "@sd/study";
import { UsageError } from "../errors.ts";
import { ConfigError, type Path, Source } from "./source.ts";

/** One `--set`. */
export interface Override {
  /** As it was typed. */
  readonly text: string;
  readonly path: Path;
  readonly value: unknown;
}

/** Takes `path=value` apart; the value is YAML: 0.05, [1, 2], true, resnet-8. */
export function parseOverride(text: string): Override {
  const equals = text.indexOf("=");
  if (equals < 1) {
    throw new UsageError(`--set ${text}: expected setting=value, such as optimizer.lr=0.05`);
  }
  const path = text.slice(0, equals).trim().split(".");
  const { value } = new Source(`--set ${text}`, text.slice(equals + 1));
  return { text, path, value };
}

/** A name alone on the way to an option is the same as an object with that name. */
function openNames(settings: Settings, [name, ...rest]: Path): Settings {
  if (name === undefined || rest.length === 0 || !Object.hasOwn(settings, name)) return settings;
  const inner = settings[name];
  if (typeof inner === "string") return { ...settings, [name]: { name: inner } };
  if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return settings;
  return { ...settings, [name]: openNames(inner as Settings, rest) };
}

/** The settings with each override in place. */
export function applyOverrides(value: unknown, overrides: readonly Override[]): unknown {
  if (overrides.length === 0) return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return overrides.reduce<Settings>((settings, { text, path, value: set }) => {
    try {
      return withSetting(openNames(settings, path), path.join("."), set);
    } catch (error) {
      if (!(error instanceof StudyError)) throw error;
      throw new ConfigError(`--set ${text}: ${error.message}`);
    }
  }, value as Settings);
}

/** Whether one path leads through the other. */
const along = (a: Path, b: Path): boolean =>
  a.every((name, i) => i >= b.length || String(b[i]) === String(name));

/** The override that a setting, or a part of it, comes from, if one does. */
export const overrideOf = (overrides: readonly Override[], path: Path): Override | undefined =>
  [...overrides].reverse().find(({ path: own }) => path.length > 0 && along(own, path));
