import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What Chromium is called. */
export const BROWSERS = ["chromium", "chromium-browser", "google-chrome"] as const;

/** A Chromium on the PATH; undefined where there is none. */
export function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders
    .flatMap((folder) => BROWSERS.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}
