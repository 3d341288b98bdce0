// Damaged run folders among whole ones: each is left out with a reason, and the others are reported.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { writeSafetensors } from "@sd/runs";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  formatReport,
  formatTable,
  readRecords,
  renderReport,
  studyResults,
} from "../src/index.ts";
import { FOUR, temporaryFolder, writeRun } from "./synthetic-runs.ts";

const FILES = [
  ...["config.json", "status.json", "manifest.json", "metrics.jsonl"],
  ...["predictions/test.safetensors", "predictions/validation.safetensors"],
];
const SMALL = { n: 20 };
const HOW = { resamples: 10 };

/** The files of a whole run, by name. */
const whole = new Map<string, Buffer>();
let root = "";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sd-report-"));
  const template = join(root, "damaged");
  await writeRun(template, { ...FOUR[0]!, ...SMALL, seed: 7 });
  await writeRun(join(root, "cross-entropy-0"), { ...FOUR[1]!, ...SMALL });
  for (const file of FILES) whole.set(file, await readFile(join(template, file)));
});

afterAll(() => rm(root, { recursive: true, force: true }));

/** The folder with a whole run, and one of which a file is replaced. */
async function withDamage(file: string, content: Uint8Array | string): Promise<string> {
  for (const [name, bytes] of whole) {
    await writeFile(join(root, "damaged", name), name === file ? content : bytes);
  }
  return root;
}

/** All that a person is told of what went wrong. */
async function check(folder: string): Promise<string[]> {
  const before = await snapshot(folder);
  const results = await studyResults(folder, HOW);
  // The whole run is there, whatever its neighbour looks like.
  expect(results.rows.flatMap(({ folders }) => folders)).toContain(join(folder, "cross-entropy-0"));
  for (const format of ["markdown", "csv", "json"] as const) {
    expect(formatReport(results, { format, title: "t" }).length).toBeGreaterThan(100);
  }
  expect(formatTable(results.rows)).toContain("cross-entropy");
  for (const { reason } of results.leftOut) {
    expect(reason).not.toMatch(/\n|^\s*at |\[object|Cannot read|is not a function/);
    expect(reason.length).toBeGreaterThan(4);
  }
  expect(await snapshot(folder)).toEqual(before);
  return results.leftOut.map(({ reason }) => reason);
}

/** Every file with its bytes: reading changes nothing. */
async function snapshot(folder: string): Promise<[string, string][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  return Promise.all(
    files.sort().map(async (path) => [path, (await readFile(path)).toString("base64")] as const),
  ) as Promise<[string, string][]>;
}

const RUNS = { numRuns: 25 };

describe("whatever stands in a file", () => {
  test.each(FILES)("random bytes in %s", async (file) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await check(await withDamage(file, bytes));
      }),
      RUNS,
    );
  });

  test.each(["config.json", "status.json", "manifest.json", "metrics.jsonl"])(
    "random JSON in %s",
    async (file) => {
      await fc.assert(
        fc.asyncProperty(fc.json({ maxDepth: 4 }), async (json) => {
          await check(await withDamage(file, `${json}\n`));
        }),
        RUNS,
      );
    },
  );

  test("the known fields of config.json with any value", async () => {
    const keys = ["method", "seed", "generation", "teacher", "data", "model", "optimizer"];
    const config = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 }));
    const method = fc.record(
      { name: fc.jsonValue(), label: fc.jsonValue(), options: fc.jsonValue({ maxDepth: 2 }) },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(config, method, fc.boolean(), async (some, own, named) => {
        const json = JSON.stringify(named ? { ...some, method: own } : some);
        await check(await withDamage("config.json", json));
      }),
      { numRuns: 60 },
    );
  });

  test("rows of metrics.jsonl with any value", async () => {
    const row = fc.record({
      epoch: fc.nat(5),
      trainLoss: fc.jsonValue(),
      seconds: fc.jsonValue(),
      imagesPerSecond: fc.jsonValue(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 4 }), async (rows) => {
        const text = rows.map((one) => `${JSON.stringify(one)}\n`).join("");
        expect(await check(await withDamage("metrics.jsonl", text))).toEqual([]);
        const out = join(root, "..", `${basename(root)}.html`);
        await renderReport(root, { ...HOW, out, title: "t" });
        await rm(out);
      }),
      RUNS,
    );
  });

  test("a bit of the predictions that turned", async () => {
    const file = "predictions/test.safetensors";
    const bytes = whole.get(file)!;
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const turned = Uint8Array.from(bytes);
        turned[bit >> 3]! ^= 1 << (bit & 7);
        const reasons = await check(await withDamage(file, turned));
        expect(reasons).toHaveLength(1);
      }),
      RUNS,
    );
  });
});

describe("reasons", () => {
  test.each([
    ["config.json", "{", /^config\.json: no JSON: /],
    ["config.json", "[]", /^config\.json: expected a JSON object$/],
    ["config.json", '{"method":"ce"}', /^config\.json: expected `method` to be an object$/],
    ["config.json", '{"seed":"x"}', /^config\.json: expected `seed` to be an integer$/],
    [
      "config.json",
      `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`,
      /^config\.json: nested too deeply$/,
    ],
    ["status.json", '{"state":"perhaps"}', /^status\.json: expected a state among /],
    ["metrics.jsonl", "x\ny\n", /^metrics\.jsonl: byte 0: expected a JSON object/],
    [
      "predictions/test.safetensors",
      "",
      /^predictions\/test\.safetensors: byte 0: expected 8 bytes/,
    ],
  ])("%s, case %#", async (file, content, expected) => {
    expect(await check(await withDamage(file, content))).toEqual([expect.stringMatching(expected)]);
  });

  const predictions = async (
    values: readonly number[],
    labels: readonly number[],
  ): Promise<string> => {
    await withDamage("config.json", whole.get("config.json")!);
    await writeSafetensors(join(root, "damaged", "predictions", "test.safetensors"), {
      logits: {
        shape: [labels.length, values.length / labels.length],
        data: Float32Array.from(values),
      },
      labels: { shape: [labels.length], data: Int32Array.from(labels) },
    });
    return root;
  };

  test.each([
    [[1, Number.NaN], [0], "predictions of test: row 0 has a logit of NaN"],
    [[1, Infinity], [0], "predictions of test: row 0 has a logit of Infinity"],
    [[-Infinity, -Infinity], [0], "predictions of test: row 0 excludes every class"],
    [[1, 2], [2], expect.stringMatching(/labels/)],
    [[1], [0], expect.stringMatching(/at least 2 classes/)],
  ])("logits %j with labels %j", async (values, labels, reason) => {
    expect(await check(await predictions(values, labels))).toEqual([reason]);
  });

  test("a folder in place of a file", async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, "other", "config.json"), { recursive: true });
    await writeFile(join(folder, "other", "status.json"), '{"state":"done"}');
    const { leftOut } = await readRecords(folder);
    expect(leftOut).toEqual([
      { folder: join(folder, "other"), reason: expect.stringMatching(/^EISDIR/) },
    ]);
  });
});
