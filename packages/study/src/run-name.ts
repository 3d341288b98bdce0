// A run is named by what it is, so that the same run has the same folder in whatever study it is planned.
import { createHash } from "node:crypto";
import type { Settings } from "./setting.ts";

/** The value with the fields of every object in alphabetical order: equal settings give equal text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

/** Eight hexadecimal digits of the SHA-256 of the settings; the order of fields has no part in it. */
export const fingerprint = (settings: Settings): string =>
  createHash("sha256")
    .update(JSON.stringify(sorted(settings)))
    .digest("hex")
    .slice(0, 8);

/** A folder's name from a person's words. */
const harmless = (words: string): string =>
  words
    .replace(/[^A-Za-z0-9.-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 60) || "run";

/** What a run's name is made of. */
export interface NamedRun {
  readonly label: string;
  readonly seed: number;
  readonly generation: number;
  readonly settings: Settings;
}

/** `<label>-g<generation>-s<seed>-<fingerprint>`; the generation only where it is not the first. */
export function runName({ label, seed, generation, settings }: NamedRun): string {
  const parts = [harmless(label), generation === 0 ? "" : `g${generation}`, `s${seed}`];
  return [...parts.filter(Boolean), fingerprint(settings)].join("-");
}
