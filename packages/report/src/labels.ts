// Names that tell things apart.
import { type Setting, settingsText } from "./settings.ts";

/** Labels that no two groups share. */
export function unique(labels: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return labels.map((label) => {
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return count === 1 ? label : `${label} [${count}]`;
  });
}

/** Settings that no two cells share: values that read alike, such as 1 and "1", are numbered. */
export function distinct(all: readonly (readonly Setting[])[]): (readonly Setting[])[] {
  const seen = new Map<string, number>();
  return all.map((settings) => {
    const text = settingsText(settings);
    const count = (seen.get(text) ?? 0) + 1;
    seen.set(text, count);
    return count === 1 ? settings : [...settings, { name: "variant", value: count }];
  });
}

/** A label, with what tells it apart in brackets. */
export const withDetail = (label: string, parts: readonly string[]): string => {
  const detail = parts.filter(Boolean).join(", ");
  return detail ? `${label} (${detail})` : label;
};
