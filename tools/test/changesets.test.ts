import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../workspace.ts";

const folder = join(root, ".changeset");
const names = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");

// `npm test` judges those of a branch; a release reads all, and stops at the first that it cannot read.
test.each(names)("%s names its packages between two fences, then says what changed", (name) => {
  const text = readFileSync(join(folder, name), "utf8");
  expect(text).toMatch(/^---\n("@sd\/[a-z-]+": (patch|minor|major)\n)+---\n\n\S/);
});
