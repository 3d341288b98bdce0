// Settings by their dotted path: `optimizer.lr` is the `lr` inside `optimizer`.
import { StudyError } from "./error.ts";

/** A JSON object, as configurations are. */
export type Settings = Readonly<Record<string, unknown>>;

const isSettings = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Names that would reach an object's prototype instead of its own fields. */
const RESERVED = new Set(["__proto__", "prototype", "constructor"]);

/**
 * The settings with the one at `path` replaced; objects on the way are made where they are missing.
 *
 * @param settings - Not changed.
 * @param path - Names joined by dots; none empty.
 * @throws {@link StudyError} `ERR_BAD_SPEC` where a name is empty or reserved, or the way leads through something that is not an
 *   object.
 */
export function withSetting(settings: Settings, path: string, value: unknown): Settings {
  const [name, ...rest] = path.split(".") as [string, ...string[]];
  if (name === "" || RESERVED.has(name)) {
    throw new StudyError("ERR_BAD_SPEC", `\`${path}\` is no path of settings`);
  }
  if (rest.length === 0) return { ...settings, [name]: value };
  const inner = settings[name] ?? {};
  if (!isSettings(inner)) {
    throw new StudyError(
      "ERR_BAD_SPEC",
      `\`${path}\`: expected \`${name}\` to hold settings, got ${JSON.stringify(inner)}`,
    );
  }
  return { ...settings, [name]: withSetting(inner, rest.join("."), value) };
}

/** The settings with each of `overrides` (by dotted path) in place. */
export const withSettings = (settings: Settings, overrides: Settings): Settings =>
  Object.entries(overrides).reduce((all, [path, value]) => withSetting(all, path, value), settings);
