// The studies of examples/paper-claims: each can be planned, as it is and in every profile.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadStudy } from "../src/config/load.ts";
import { planOf } from "../src/study/plan.ts";

const folder = fileURLToPath(new URL("../../../examples/paper-claims/", import.meta.url));
const studies = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

describe.each(studies)("%s", (name) => {
  it("is called as its file, and can be planned with every profile", async () => {
    const loaded = await loadStudy(join(folder, name));
    expect(`${loaded.settings.name}.yaml`).toBe(name);
    for (const profile of [undefined, ...Object.keys(loaded.settings.profiles)]) {
      expect(planOf(loaded, { profile }).runs.length).toBeGreaterThan(0);
    }
  });

  it("keeps its runs when it grows", async () => {
    const loaded = await loadStudy(join(folder, name));
    if (!("full" in loaded.settings.profiles)) return;
    const [small, full] = [planOf(loaded), planOf(loaded, { profile: "full" })];
    const names = new Set(full.runs.map((run) => run.name));
    for (const run of small.runs) expect(names).toContain(run.name);
  });
});

it("are four", () => {
  expect(studies).toHaveLength(4);
});
