import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { listRuns, readRun } from "@sd/runs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ImageProvider, ReportError, renderReport, resultsTable } from "../src/index.ts";
import { encodePng } from "../src/png.ts";
import { filesIn, idsIn, withoutFiles } from "./page.ts";
import { FOUR, type SyntheticRun, temporaryFolder, writeRun, writeRuns } from "./synthetic-runs.ts";

const NASTY = `</script><script>alert("x")</script>`;
const OPTIONS = { title: `Digits & <noise>`, resamples: 50 };

const page = async (folder: string, options: object = {}): Promise<string> =>
  readFile(
    await renderReport(folder, { ...OPTIONS, ...options, out: join(folder, "report.html") }),
    "utf8",
  );

describe("the page", () => {
  let text = "";
  let again = "";
  let folder = "";

  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sd-report-"));
    const others = [
      { name: "nasty", label: NASTY, skill: 3, folder: "<b>nasty</b>" },
      { name: "broken", state: "failed" as const },
    ];
    await writeRuns([...FOUR, ...others], folder);
    const out = join(folder, "report.html");
    expect(await renderReport(folder, { ...OPTIONS, out })).toBe(out);
    text = await readFile(out, "utf8");
    await renderReport([folder, join(folder, "<b>nasty</b>")], { ...OPTIONS, out });
    again = await readFile(out, "utf8");
  });

  test("is the same twice, byte by byte", () => {
    expect(again === text).toBe(true);
  });

  test("asks for nothing from anywhere", () => {
    const own = withoutFiles(text);
    expect(own).not.toMatch(/https?:/);
    expect(own).not.toMatch(/<(link|iframe|object|embed|script|form)\b/);
    expect(own).not.toMatch(/\b(src|href)="(?!#|data:)/);
    expect(text).toContain(
      "default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:",
    );
  });

  test("escapes what comes from configurations and names", () => {
    expect(text).not.toContain("<script");
    expect(text).not.toContain("<b>");
    expect(text).toContain("&lt;/script&gt;&lt;script&gt;alert(");
    expect(text).toContain("<title>Digits &amp; &lt;noise&gt;</title>");
    expect(text).toContain("failed, the loss is &lt;NaN&gt;");
  });

  test("opens and closes its elements in order", () => {
    const VOID = new Set(["meta", "br", "path", "img"]);
    const body = withoutFiles(text).replace(/<style>[^<]*<\/style>/, "");
    const open: string[] = [];
    for (const [, close, name, rest] of body.matchAll(
      /<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/gi,
    )) {
      if (close) expect(open.pop()).toBe(name);
      else if (!rest!.endsWith("/") && !(VOID.has(name!) && !body.includes(`</${name}>`)))
        open.push(name!);
    }
    expect(open).toEqual([]);
  });

  test("has a language, one title, and headings that skip no level", () => {
    expect(text).toContain('<html lang="en">');
    const levels = [...text.matchAll(/<h([1-6])\b/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, i) => {
      expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
    });
  });

  test("has figures with a text in place of the picture, and ids that are there once", () => {
    const svgs = [...text.matchAll(/<svg role="img" aria-label="([^"]{20,})"/g)];
    expect(text.match(/<svg/g)).toHaveLength(svgs.length);
    const ids = idsIn(text);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of text.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
    for (const [, id] of text.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(id);
    expect(ids.filter((id) => text.includes(`<figure id="${id}"`))).toEqual([
      ...["training-curves", "reliability", "confidences", "risk-coverage", "plane", "cost"],
    ]);
  });

  test("gives every figure's specification and data away", () => {
    const files = filesIn(text);
    const figures = text.match(/<figure /g)!.length;
    expect(files.filter(({ name }) => name.endsWith(".vl.json"))).toHaveLength(figures);
    expect(files.filter(({ name }) => name.endsWith(".csv"))).toHaveLength(figures);
    for (const { name, type, content } of files) {
      if (type === "application/json") {
        const spec = JSON.parse(content) as Record<string, unknown>;
        expect(spec.$schema).toMatch(/vega-lite/);
        expect(content).toContain('"values":[{');
      } else {
        const widths = content
          .trimEnd()
          .split("\r\n")
          .map((line) => line.replaceAll(/"[^"]*"/g, "").split(",").length);
        expect(new Set(widths).size, name).toBe(1);
        expect(widths.length).toBeGreaterThan(1);
      }
    }
  });

  test("has tables with captions and headings for rows and columns, reached by keyboard", () => {
    const tables = text.split("<table>").slice(1);
    // Results, differences, six figures, hardest images, runs.
    expect(tables).toHaveLength(10);
    for (const table of tables) {
      expect(table.trimStart().startsWith("<caption>")).toBe(true);
      expect(table).toContain('<th scope="col">');
      expect(table).toContain('<th scope="row">');
    }
    for (const [tag] of text.matchAll(/<div class="(scroll|drawing)"[^>]*>/g)) {
      expect(tag).toMatch(/role="region" tabindex="0" aria-label(ledby)?="/);
    }
  });

  test("says what is best in words too", () => {
    expect(text.match(/class="best"/g)!.length).toBe(
      text.match(/<span class="unseen"> \((best|better)\)<\/span>/g)!.length,
    );
  });
});

test("a grid has a table a cell, and each cell's figures below its name", async () => {
  const grid = [0, 0.4].flatMap((rate) =>
    FOUR.slice(0, 2).map(
      (run): SyntheticRun => ({
        ...run,
        folder: `${run.name}-${rate}`,
        n: 60,
        config: { data: { name: "digits", noise: { kind: "symmetric", rate } } },
      }),
    ),
  );
  const text = await page(await writeRuns(grid));
  expect(text).toContain("<h3>noise rate 0.4</h3>");
  expect(text).toContain("Differences from cross-entropy, noise rate 0.4:");
  expect(text).toContain("<h3>Figures, noise rate 0</h3>");
  expect(text).toContain('<figure id="by-setting"');
  expect(text).toContain('<figure id="reliability-2"');
});

test("pictures of the hardest images stand in the page, others are not asked to be encoded", async () => {
  const asked: (readonly number[])[] = [];
  const images: ImageProvider = async (record, rows) => {
    asked.push(rows);
    expect(basename(record.folder)).toBe("cross-entropy-0");
    const all = Array.from({ length: 300 }, (_, i) => i);
    const pixels = Uint8Array.from({ length: 300 * 4 }, (_, i) => i % 251);
    return { pixels, shape: [300, 2, 2, 1], index: all, classNames: ["a", "b", "<c>", "d", "e"] };
  };
  const text = await page(await writeRuns(FOUR), { images });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toHaveLength(12);
  const shown = [
    ...text.matchAll(
      /<img class="test-image" alt="test image (\d+), [^"]+" src="data:image\/png;base64,([^"]+)">/g,
    ),
  ];
  expect(shown.map(([, row]) => Number(row))).toEqual(asked[0]);
  for (const [, row, data] of shown) {
    const pixels = Uint8Array.from({ length: 4 }, (_, i) => (4 * Number(row) + i) % 251);
    expect(data).toBe(encodePng(pixels, [2, 2, 1]).toString("base64"));
  }
  expect(text).not.toContain("<c>");
});

test("rows that were computed before give the same page", async () => {
  const folder = await writeRuns(FOUR);
  const records = await Promise.all((await listRuns(folder)).map(readRun));
  const rows = await resultsTable(records, { resamples: 50 });
  expect(await page(folder, { rows })).toBe(await page(folder));
  await expect(page(join(folder, "cross-entropy-0"), { rows })).rejects.toBeInstanceOf(ReportError);
});

test("runs without validation predictions or metrics are reported with what there is", async () => {
  const folder = await temporaryFolder();
  const run = join(folder, "run");
  await writeRun(run, { name: "cross-entropy" });
  await rm(join(run, "predictions", "validation.safetensors"));
  await writeFile(join(run, "metrics.jsonl"), "");
  const text = await page(folder);
  expect(text).not.toContain('id="training-curves"');
  expect(text).not.toContain('id="cost"');
  expect(text).toContain('id="reliability"');
});

test("no finished run is an error that names the folder", async () => {
  const folder = await writeRuns([{ name: "slow", state: "running" }]);
  const report = page(folder);
  await expect(report).rejects.toBeInstanceOf(ReportError);
  await expect(report).rejects.toThrow(`expected a finished run in ${folder}`);
});

test("runs that are given one by one keep their order, and are called by what tells them apart", async () => {
  const folder = await writeRuns(FOUR);
  const names = (await listRuns(folder)).map((run) => basename(run)).reverse();
  const out = join(folder, "report.html");
  await renderReport(
    names.map((name) => join(folder, name)),
    { ...OPTIONS, out },
  );
  const text = await readFile(out, "utf8");
  const table = text.slice(text.indexOf("<h2>Runs</h2>"));
  const places = names.map((name) => table.indexOf(`>${name}<`));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(table).not.toContain("../");
});
