import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { listRuns } from "@sd/runs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ReportError, renderReport } from "../src/index.ts";
import { FOUR, temporaryFolder, writeRun, writeRuns } from "./synthetic-runs.ts";

const NASTY = `</script><script>alert("x")</script>`;
const OPTIONS = { title: `Digits & <noise>`, resamples: 50 };

describe("the page", () => {
  let page = "";
  let again = "";
  let folder = "";

  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sd-report-"));
    const others = [
      { name: "nasty", label: NASTY, skill: 3 },
      { name: "broken", state: "failed" as const },
    ];
    await writeRuns([...FOUR, ...others], folder);
    const out = join(folder, "report.html");
    expect(await renderReport(folder, { ...OPTIONS, out })).toBe(out);
    page = await readFile(out, "utf8");
    await renderReport([folder, join(folder, "nasty-0")], { ...OPTIONS, out });
    again = await readFile(out, "utf8");
  });

  test("is the same twice, byte by byte", () => {
    expect(again === page).toBe(true);
  });

  test("asks for nothing from anywhere", () => {
    expect(page).not.toMatch(/https?:/);
    expect(page).not.toMatch(/<(link|iframe|img|object|embed)\b/);
    expect(page).not.toMatch(/\b(src|href)="(?!#)/);
    expect(page).toContain("default-src &#39;none&#39;");
  });

  test("has no script but data", () => {
    const scripts = [...page.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
    expect(scripts).toHaveLength(3);
    for (const tag of scripts) expect(tag).toContain('type="application/json"');
  });

  test("escapes what comes from configurations and names", () => {
    expect(page).not.toContain(NASTY);
    expect(page).toContain("&lt;/script&gt;&lt;script&gt;alert(");
    expect(page).toContain("<title>Digits &amp; &lt;noise&gt;</title>");
    expect(page).toContain("failed, the loss is &lt;NaN&gt;");
  });

  test("opens and closes its elements in order", () => {
    const VOID = new Set(["meta", "br", "path"]);
    const body = page
      .replaceAll(/<script[^>]*>[^<]*<\/script>/g, "")
      .replace(/<style>[^<]*<\/style>/, "");
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

  test("has figures with names, unique ids and specifications that read back", () => {
    const svgs = [...page.matchAll(/<svg role="img" aria-label="([^"]+)"/g)];
    expect(svgs).toHaveLength(3);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
    for (const [, json] of page.matchAll(
      /<script type="application\/json"[^>]*>([^<]*)<\/script>/g,
    )) {
      const spec = JSON.parse(json!);
      expect(Object.keys(spec).some((key) => key.endsWith("concat"))).toBe(true);
    }
  });

  test("has tables with captions and headings for rows and columns", () => {
    const tables = page.split("<table>").slice(1);
    expect(tables).toHaveLength(3);
    for (const table of tables) {
      expect(table.trimStart().startsWith("<caption>")).toBe(true);
      expect(table).toContain('<th scope="col">');
      expect(table).toContain('<th scope="row">');
    }
  });
});

test("runs without validation predictions or metrics are reported with what there is", async () => {
  const folder = await temporaryFolder();
  const run = join(folder, "run");
  await writeRun(run, { name: "cross-entropy" });
  await rm(join(run, "predictions", "validation.safetensors"));
  await writeFile(join(run, "metrics.jsonl"), "");
  const page = await readFile(
    await renderReport(run, { ...OPTIONS, out: join(folder, "r.html") }),
    "utf8",
  );
  expect(page).not.toContain('id="training-curves"');
  expect(page).toContain('id="reliability"');
});

test("no finished run is an error that names the folder", async () => {
  const folder = await writeRuns([{ name: "slow", state: "running" }]);
  const report = renderReport(folder, { ...OPTIONS, out: join(folder, "r.html") });
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
  const page = await readFile(out, "utf8");
  const table = page.slice(page.indexOf("<h2>Runs</h2>"));
  const places = names.map((name) => table.indexOf(`>${name}<`));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(table).not.toContain("../");
});
