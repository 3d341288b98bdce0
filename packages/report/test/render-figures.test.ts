import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { renderFigures, studyResults } from "../src/index.ts";
import { FOUR, writeRuns } from "./synthetic-runs.ts";

test("every figure is a drawing, a specification and its numbers", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sd-figures-"));
  await writeRuns(FOUR, folder);
  const out = join(folder, "new", "figures");
  const paths = await renderFigures(folder, { out, resamples: 20 });
  const ids = paths.map((path) => basename(path, ".svg"));
  expect(ids).toContain("reliability");
  const files = ids.flatMap((id) => [`${id}.csv`, `${id}.svg`, `${id}.vl.json`]);
  expect((await readdir(out)).sort()).toEqual(files.sort());
  for (const path of paths) {
    const svg = await readFile(path, "utf8");
    expect(svg).toMatch(/^<svg role="img" aria-label="[^"]+"/);
    // A file of its own says what it is, and can be read on any page.
    expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
    expect(svg).toContain('fill="white"');
    const { $schema } = JSON.parse(await readFile(path.replace(/svg$/, "vl.json"), "utf8"));
    expect($schema).toContain("vega-lite");
    expect(
      (await readFile(path.replace(/svg$/, "csv"), "utf8")).split("\r\n").length,
    ).toBeGreaterThan(2);
  }
  const { rows } = await studyResults(folder, { resamples: 20 });
  const again = await renderFigures(folder, { out: join(folder, "again"), resamples: 20, rows });
  for (const [i, path] of paths.entries()) {
    expect(await readFile(again[i]!, "utf8")).toBe(await readFile(path, "utf8"));
  }
});
