import { join } from "node:path";
import type { RunRecord } from "@sd/runs";
import { describe, expect, test } from "vitest";
import { groupRuns } from "../src/groups.ts";
import { settingsText } from "../src/settings.ts";

/** A finished run of a configuration, as far as grouping looks at it. */
const record = (config: object, name: string, state = "done"): RunRecord =>
  ({ folder: join("/study", name), config, status: { state } }) as unknown as RunRecord;

const method = (name: string, options: object = {}): object => ({
  ...{ name, label: name.replaceAll("-", " "), options },
});

interface Plan {
  readonly method?: object;
  readonly seed?: number;
  readonly [name: string]: unknown;
}

let count = 0;
const run = (
  { method: own = method("cross-entropy"), seed = 0, ...rest }: Plan,
  name = `run-${count++}`,
) => record({ method: own, model: "mlp", seed, generation: 0, epochs: 3, ...rest }, name);

const noise = (rate: number, seed: number, flipped = 10 * rate + seed): object => ({
  ...{ name: "digits", splitSeed: 0, noise: { kind: "symmetric", rate, seed, flipped } },
});

/** Labels by cell, with the number of runs of each. */
const shape = (records: readonly RunRecord[], baseline?: string): Record<string, unknown> =>
  Object.fromEntries(
    groupRuns(records, baseline).cells.map(({ settings, groups }) => [
      settingsText(settings),
      groups.map(({ shortLabel, records: own, baseline: first }) => [
        `${shortLabel}${first ? " *" : ""}`,
        own.length,
      ]),
    ]),
  );

const LS = method("label-smoothing", { epsilon: 0.1 });

describe("what the seed determines is no part of the identity", () => {
  test("the seed of the wrong labels, and how many there are", () => {
    const records = [0, 1, 2].map((seed) => run({ seed, data: noise(0.4, seed) }));
    expect(shape(records)).toEqual({ "": [["cross entropy *", 3]] });
  });

  test("wrong labels of a fixed seed are another thing than those that follow the run's", () => {
    const fixed = [0, 1, 2].map((seed) => run({ seed, data: noise(0.4, 7) }));
    const own = [0, 1, 2].map((seed) => run({ seed, data: noise(0.4, seed) }));
    expect(shape(fixed)).toEqual({ "": [["cross entropy *", 3]] });
    expect(groupRuns([...fixed, ...own]).cells[0]!.groups.map((g) => g.records.length)).toEqual([
      3, 3,
    ]);
  });

  test("the folder of the teacher, but not who it is", () => {
    const sd = (seed: number, teacher: string, name: string): RunRecord =>
      run({ method: method("sd"), seed, generation: 1, teacher: { run: `../${teacher}` } }, name);
    const teachers = [0, 1].flatMap((seed) => [
      run({ seed }, `ce-${seed}`),
      run({ seed, method: LS }, `ls-${seed}`),
    ]);
    const students = [0, 1].map((seed) => sd(seed, `ce-${seed}`, `sd-ce-${seed}`));
    const others = [0, 1].map((seed) => sd(seed, `ls-${seed}`, `sd-ls-${seed}`));
    const sizes = (records: readonly RunRecord[]): number[] =>
      groupRuns(records).cells[0]!.groups.map(({ records: own }) => own.length);
    expect(sizes([...teachers, ...students])).toEqual([2, 2, 2]);
    expect(sizes([...teachers, ...students, ...others])).toEqual([2, 2, 2, 2]);
    const { groups } = groupRuns([...teachers, ...students, ...others]).cells[0]!;
    expect(groups.slice(2).map(({ label }) => label)).toEqual([
      "sd (teacher cross entropy)",
      "sd (teacher label smoothing)",
    ]);
    // Nothing is known of teachers that are not there.
    expect(sizes(students)).toEqual([2]);
    expect(sizes([teachers[0]!, ...students])).toEqual([1, 2]);
  });

  test("a run that is said to have taught itself does no harm", () => {
    const circle = run({ generation: 1, teacher: { run: "." } }, "circle");
    expect(shape([circle])).toEqual({ "": [["cross entropy *", 1]] });
  });
});

describe("everything else is", () => {
  test.each([
    ["epochs", { epochs: 9 }],
    ["an option of the method", { method: method("cross-entropy", { weight: 2 }) }],
    ["the augmentation", { augment: { images: [{ name: "flip", options: {} }] } }],
    ["early stopping", { earlyStopping: { patience: 3 } }],
    ["a key that nobody knew", { novelty: { deep: [1, 2] } }],
    ["the noise rate", { data: noise(0.2, 0) }],
  ])("%s", (_, change) => {
    const groups = groupRuns([
      run({ data: noise(0.4, 0) }),
      run({ data: noise(0.4, 0), ...change }),
    ]);
    expect(groups.cells.flatMap((cell) => cell.groups)).toHaveLength(2);
  });

  test("but not the order of its fields", () => {
    const records = [
      run({ seed: 0, optimizer: { name: "sgd", learningRate: 1 } }),
      run({ seed: 1, optimizer: { learningRate: 1, name: "sgd" } }),
    ];
    expect(shape(records)).toEqual({ "": [["cross entropy *", 2]] });
  });
});

describe("cells of a grid", () => {
  const grid = [0.4, 0.1].flatMap((rate) =>
    [LS, method("cross-entropy")].flatMap((own) =>
      [0, 1].map((seed) => run({ method: own, seed, data: noise(rate, seed) })),
    ),
  );

  test("each method is beside the baseline of its own settings, cells by their values", () => {
    expect(shape(grid)).toEqual({
      "noise rate 0.1": [
        ["cross entropy *", 2],
        ["label smoothing", 2],
      ],
      "noise rate 0.4": [
        ["cross entropy *", 2],
        ["label smoothing", 2],
      ],
    });
  });

  test("labels are unique in all of the report", () => {
    const { cells } = groupRuns(grid);
    expect(cells.flatMap(({ groups }) => groups.map(({ label }) => label))).toEqual([
      "cross entropy (noise rate 0.1)",
      "label smoothing (noise rate 0.1)",
      "cross entropy (noise rate 0.4)",
      "label smoothing (noise rate 0.4)",
    ]);
  });

  test("a method with settings of its own is compared with the nearest baseline", () => {
    const records = [...grid, run({ method: LS, epochs: 9, data: noise(0.4, 0) })];
    expect(shape(records)).toMatchObject({
      "noise rate 0.4": [
        ["cross entropy *", 2],
        ["label smoothing (epochs 3)", 2],
        ["label smoothing (epochs 9)", 1],
      ],
    });
  });

  test("where two baselines are as near it stays alone", () => {
    const records = [...grid, run({ method: LS, data: noise(0.2, 0) })];
    expect(shape(records)).toMatchObject({ "noise rate 0.2": [["label smoothing", 1]] });
  });

  test("a clean cell beside noisy ones has no noise", () => {
    const clean = [LS, method("cross-entropy")].map((own) =>
      run({ method: own, data: { name: "digits", splitSeed: 0 } }),
    );
    expect(Object.keys(shape([...grid, ...clean]))).toContain("no noise");
  });

  test("settings that read alike are numbered", () => {
    const both = [LS, method("cross-entropy")].flatMap((own) =>
      [1, "1"].map((level) => run({ method: own, level })),
    );
    expect(Object.keys(shape(both))).toEqual(["level 1", "level 1, variant 2"]);
  });

  test("one method under several settings is one table, compared with the first", () => {
    const records = [0.1, 0.01].map((learningRate) =>
      run({ optimizer: { name: "sgd", learningRate } }),
    );
    expect(shape(records)).toEqual({
      "": [
        ["cross entropy (learning rate 0.01) *", 1],
        ["cross entropy (learning rate 0.1)", 1],
      ],
    });
  });

  test("two methods that never meet are one table, which says what else differs", () => {
    const records = [run({ data: noise(0, 0) }), run({ method: LS, data: noise(0.4, 0) })];
    expect(shape(records)).toEqual({
      "": [
        ["cross entropy *", 1],
        ["label smoothing (noise rate 0.4)", 1],
      ],
    });
  });
});

test("generations stand in their order and are told from each other", () => {
  const student = (generation: number): RunRecord => run({ method: method("sd"), generation });
  expect(shape([student(10), student(2), run({})])).toEqual({
    "": [
      ["cross entropy *", 1],
      ["sd (generation 2)", 1],
      ["sd (generation 10)", 1],
    ],
  });
});

test("what is not done is no group, but may be a teacher", () => {
  const records = [record({ method: method("a") }, "a", "running"), run({})];
  expect(shape(records)).toEqual({ "": [["cross entropy *", 1]] });
});

test("equal labels of different methods are numbered", () => {
  const label = "mine";
  const records = ["a", "a"].map((name, i) =>
    run({ method: { name, label, options: {} }, teacher: { cached: i === 0 } }),
  );
  const { cells } = groupRuns(records);
  expect(cells[0]!.groups.map((group) => group.label)).toEqual(["mine", "mine [2]"]);
});
