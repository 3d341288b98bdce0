import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pairedSeedInterval } from "@sd/metrics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judge, type Prediction, pairs } from "../comparison.ts";
import { fill } from "../document.ts";
import { number, signed, table } from "../markdown.ts";
import { accuracy, valueIn } from "../measures.ts";
import { exploredTable, verdictsTable } from "../outcome-tables.ts";
import { spearman } from "../rank-correlation.ts";
import { writeResults } from "../results.ts";
import { readStudy, riseOf } from "../runs.ts";
import { shareOfGain } from "../smoothing.ts";
import cases from "./fixtures/spearman.json" with { type: "json" };
import { emptyFolder, type SmallRun, writeRun, writeStudies } from "./small-runs.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The runs of a method. */
async function runsOf(small: readonly SmallRun[]) {
  const folder = await emptyFolder();
  for (const run of small) await writeRun(folder, run);
  const { runs } = await readStudy(folder);
  return (method: string) => runs.filter((run) => run.method === method);
}

const seeds = [0, 1, 2, 3];
const plain = seeds.map((seed): SmallRun => ({ method: "cross-entropy", seed, skill: 1 }));
const taught = seeds.map((seed): SmallRun => ({ method: "self-distillation", seed, skill: 2 }));

describe("a prediction", () => {
  it("is judged by the paired test of the runs' values", async () => {
    const of = await runsOf([...plain, ...taught]);
    const [own, other] = [of("self-distillation"), of("cross-entropy")];
    const prediction = { claim: "x", words: "", measure: accuracy, expected: "higher" as const };
    const [better, worse] = judge([
      { ...prediction, own, other },
      { ...prediction, own: other, other: own },
    ]);
    const expected = pairedSeedInterval(
      own.map((run) => valueIn(accuracy, run)),
      other.map((run) => valueIn(accuracy, run)),
    );
    expect(better!.difference).toBe(expected.mean);
    expect(better!.interval).toEqual(expected.interval);
    expect(better!.pValue).toBe(expected.pValue);
    // Two tests, and Holm's correction of both.
    expect(better!.adjusted).toBe(2 * expected.pValue);
    expect([better!.verdict, worse!.verdict]).toEqual(["shown", "shown the other way"]);
    expect(better!.overImages[0]).toBeGreaterThan(0);
    expect(better!.overImages[0]).toBeLessThan(better!.difference);
    expect(better!.overImages[1]).toBeGreaterThan(better!.difference);
  });

  it("leaves out seeds of which a run is undertrained, and is not compared with fewer than two", async () => {
    const rising = Array.from({ length: 20 }, (_, e) => e / 25);
    const of = await runsOf([
      ...plain,
      ...taught.map((run) => (run.seed < 3 ? { ...run, accuracies: rising } : run)),
    ]);
    const groups = [of("self-distillation"), of("cross-entropy")] as const;
    expect(pairs(...groups, "all")).toHaveLength(4);
    expect(pairs(...groups, "admitted").map(([{ seed }]) => seed)).toEqual([3]);
    const prediction: Prediction = {
      ...{ claim: "x", words: "", measure: accuracy, expected: "higher" },
      ...{ own: of("self-distillation"), other: of("cross-entropy") },
    };
    const [outcomes, explored] = [judge([prediction]), judge([prediction], "all")];
    expect(outcomes[0]!.verdict).toBe("not compared");
    expect(exploredTable(outcomes, explored)).toContain("| explored |");
    expect(verdictsTable(outcomes, explored)).toContain("of all runs");
    // Where nothing is set aside, nothing is said twice.
    expect(exploredTable(explored, explored)).toBe("No run is set aside: all are compared above.");
    expect(verdictsTable(explored, explored)).not.toContain("of all runs");
  });
});

describe("the rise in the last fifth", () => {
  it("is that of the smoothed accuracies, in percentage points", () => {
    // Twenty epochs: the last fifth is 16 to 19, of which 16 and 18 are the first and last with two neighbours.
    const accuracies = [...Array<number>(15).fill(0), 0.5, 0.5, 0.53, 0.53, 0.56];
    expect(riseOf(accuracies)).toBeAllclose(
      100 * ((0.53 + 0.53 + 0.56) / 3 - (0.5 + 0.5 + 0.53) / 3),
    );
  });

  it("is 0 where nothing rises, or where there is no fifth to speak of", () => {
    expect(riseOf(Array<number>(20).fill(0.7))).toBe(0);
    expect(riseOf([0.1, 0.5, 0.9])).toBe(0);
    expect(riseOf([])).toBe(0);
  });
});

describe("the share of the gain", () => {
  it("is the ratio of mean gains, within an interval of all resamples of the seeds", async () => {
    const smoothed = plain.map(
      (run): SmallRun => ({ ...run, method: "beta-smoothing", skill: 1.5 }),
    );
    const of = await runsOf([...plain, ...taught, ...smoothed]);
    const methods = {
      ...{ crossEntropy: of("cross-entropy"), ranked: of("beta-smoothing"), shuffled: [] },
      ...{ labelSmoothing: [], selfDistillation: of("self-distillation") },
    };
    const mean = (method: string): number =>
      of(method).reduce((sum, run) => sum + valueIn(accuracy, run), 0) / 4;
    const { share, interval, seeds: count } = shareOfGain(methods);
    const gain = mean("self-distillation") - mean("cross-entropy");
    expect(share).toBeAllclose((mean("beta-smoothing") - mean("cross-entropy")) / gain);
    expect(count).toBe(4);
    expect(interval[0]).toBeLessThanOrEqual(share);
    expect(interval[1]).toBeGreaterThanOrEqual(share);
    expect(shareOfGain({ ...methods, ranked: methods.selfDistillation })).toEqual({
      ...{ share: 1, interval: [1, 1], seeds: 4 },
    });
  });
});

describe("Spearman's correlation", () => {
  it.each(cases)("is scipy's for $x.length pairs", ({ x, y, rho }) => {
    expect(spearman(x, y)).toBeAllclose(rho, { rtol: 1e-12 });
  });

  it("knows nothing but the order", () => {
    const values = fc.uniqueArray(fc.integer({ min: -100, max: 100 }), { minLength: 2 });
    fc.assert(
      fc.property(values, (x) => {
        expect(
          spearman(
            x,
            x.map((v) => v ** 3),
          ),
        ).toBeAllclose(1);
        expect(
          spearman(
            x,
            x.map((v) => -v),
          ),
        ).toBeAllclose(-1);
      }),
    );
    expect(spearman([1, 1], [1, 2])).toBeNaN();
  });
});

describe("the document", () => {
  it("keeps its words and takes its blocks", () => {
    const place = (name: string, inside: string): string =>
      `<!-- ${name}: written by a program -->${inside}<!-- end -->`;
    const text = `# Mine\n\n${place("one", "old")}\n\nWords.\n\n${place("two", "\n\nold\n\n")}\n`;
    const filled = fill(text, { one: "1", two: "2", three: "3" });
    expect(filled).toBe(
      `# Mine\n\n${place("one", "\n\n1\n\n")}\n\nWords.\n\n${place("two", "\n\n2\n\n")}\n`,
    );
    expect(fill(filled, { one: "1", two: "2" })).toBe(filled);
    expect(() => fill(text, { one: "1" })).toThrow("no block two");
    expect(() => fill("<!-- one: written by a program -->", { one: "1" })).toThrow("no end");
  });

  it("lines tables up, and writes numbers as people read them", () => {
    expect(
      table(
        ["", "n"],
        [
          ["a", "1"],
          ["long", "−10"],
        ],
      ),
    ).toBe(["|      |   n |", "| ---- | --: |", "| a    |   1 |", "| long | −10 |"].join("\n"));
    expect([number(-0.001, 2), number(-1.5, 1), number(Number.NaN, 1)]).toEqual([
      "0.00",
      "−1.5",
      "–",
    ]);
    expect([signed(0.5, 1), signed(0.001, 1), signed(-0.5, 1)]).toEqual(["+0.5", "0.0", "−0.5"]);
  });
});

describe("the results", () => {
  it("are written from the run folders, twice the same, by the command", async () => {
    const folder = await emptyFolder();
    await writeStudies(folder);
    const out = join(folder, "results.md");
    const names = await writeResults({ runs: folder, data: folder, out });
    expect(names).toContain("smoothing-share");
    const text = await readFile(out, "utf8");
    expect(text).not.toMatch(/NaN|undefined/);
    expect(text).toMatch(/\| 1a .*\| shown .*\|/);
    expect(text).toContain("64 runs, 6.4 hours of one core each.");
    await writeFile(out, text.replace("64 runs", "no runs"));
    await writeResults({ runs: folder, data: folder, out });
    expect(await readFile(out, "utf8")).toBe(text);
    expect(await readdir(join(folder, "figures"))).toEqual([
      "born-again.svg",
      "smoothing.svg",
      "temperature.svg",
    ]);

    const places = names.map((name) => `<!-- ${name}: written by a program -->\n\n<!-- end -->`);
    await writeFile(out, `# Words\n\n${places.join("\n\n")}\n`);
    const main = fileURLToPath(new URL("../main.ts", import.meta.url));
    const call = (...args: string[]) =>
      promisify(execFile)(process.execPath, ["--conditions=@sd/source", main, ...args]);
    // As people call it: the default is a relative folder as well.
    const options = ["--runs", relative(process.cwd(), folder), "--data", folder, "--out", out];
    const { stdout } = await call("results", ...options);
    expect(stdout.trim()).toBe(out);
    const filled = await readFile(out, "utf8");
    expect(filled.startsWith("# Words\n")).toBe(true);
    for (const block of text.split(/^## .*\n\n/m).slice(1)) expect(filled).toContain(block.trim());
    await call("results", ...options);
    expect(await readFile(out, "utf8")).toBe(filled);

    await expect(call("nothing")).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Usage"),
    });
    await expect(call("results", "--runs", join(folder, "none"))).rejects.toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining("expected finished runs") },
    });
  }, 240_000);

  it("have a place for every block in docs/results.md, and no other", async () => {
    const folder = await emptyFolder();
    await writeStudies(folder);
    const places = { runs: folder, data: folder, out: join(folder, "results.md") };
    const names = await writeResults(places);
    const text = await readFile(join(root, "docs", "results.md"), "utf8");
    const found = [...text.matchAll(/<!-- ([a-z0-9-]+): written by a program -->/g)];
    // Of the studies above none chooses settings, and nobody voted on made-up images.
    const others = ["selection-rates", "selection-strengths", "smoothing-votes"];
    expect(found.map(([, name]) => name).sort()).toEqual([...names, ...others].sort());
  });
});
