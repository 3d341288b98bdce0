// Mistakes that people make, each with the line and column that must be named, and what must be said.
import { describe, expect, it } from "vitest";
import { checkSource } from "../../src/config/check.ts";
import { parseOverride } from "../../src/config/overrides.ts";
import { ConfigError, Source } from "../../src/config/source.ts";
import { studySchema } from "../../src/config/study-schema.ts";
import { planOf } from "../../src/study/plan.ts";

const GOOD = `\
name: digits
data:
  name: mnist
  train: 5000
  noise: { kind: symmetric, rate: 0.2 }
augment:
  - random-crop
  - name: cutout
    size: 8
model: lenet
epochs: 10
batchSize: 64
optimizer: { name: sgd, lr: 0.05 }
schedule:
  name: step
  milestones: [5, 8]
methods:
  - cross-entropy
  - name: label-smoothing
    epsilon: [0.1, 0.2]
  - { name: self-distillation, temperature: 4, generations: 2 }
seeds: [0, 1]
grid:
  data.noise.rate: [0, 0.4]
profiles:
  full: { seeds: [0, 1, 2, 3] }
`;

function problems(text: string, ...sets: string[]): string {
  try {
    const overrides = sets.map(parseOverride);
    const source = new Source("study.yaml", text);
    planOf(
      { source, settings: checkSource(studySchema, source, overrides), base: "." },
      { overrides },
    );
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/** The good file with one thing changed; what is replaced must be there. */
function changed(from: string, to: string): string {
  if (!GOOD.includes(from)) throw new Error(`the example has no ${from}`);
  return GOOD.replace(from, to);
}

const MISTAKES: readonly (readonly [from: string, to: string, place: string, words: string])[] = [
  ["model: lenet", "modle: lenet", "10:1", "modle: unknown setting; did you mean model?"],
  ["model: lenet", "model: lenett", "10:8", 'got "lenett"; did you mean lenet?'],
  ["model: lenet\n", "", "1:1", "model: expected one of mlp, lenet,"],
  ["epochs: 10", "epochs: ten", "11:9", 'epochs: expected a number, got "ten"'],
  ["epochs: 10", "epochs: 2.5", "11:9", "epochs: expected an integer, got 2.5"],
  ["epochs: 10", "epochs: 0", "11:9", "epochs: expected at least 1, got 0"],
  ["epochs: 10", "epochs:", "11:8", "epochs: expected a number, got null"],
  ["batchSize: 64", "batch_size: 64", "12:1", "did you mean batchSize?"],
  ["lr: 0.05", "lr: -0.05", "13:29", "optimizer.lr: expected more than 0, got -0.05"],
  [
    "lr: 0.05",
    "learningRate: 0.05",
    "13:25",
    "optimizer.learningRate: unknown setting; known: name, lr,",
  ],
  [
    "name: sgd",
    "name: sdg",
    "13:20",
    'optimizer.name: expected one of sgd, adamw, got "sdg"; did you mean sgd?',
  ],
  ["lr: 0.05", "beta1: 0.9", "13:25", "optimizer.beta1: unknown setting"],
  ["name: mnist", "name: minst", "3:9", "data.name: expected one of cifar-10, cifar-100, mnist"],
  ["  name: mnist\n", "", "3:3", "data: expected either `name` or `images`"],
  [
    "name: mnist",
    "name: mnist\n  images: photos",
    "3:3",
    "data: expected either `name` or `images`",
  ],
  ["train: 5000", "train: many", "4:10", 'data.train: expected a number, got "many"'],
  ["rate: 0.2", "rate: 20", "5:35", "data.noise.rate: expected at most 1, got 20"],
  ["kind: symmetric", "kind: symetric", "5:18", "did you mean symmetric?"],
  [
    "kind: symmetric, ",
    "",
    "5:10",
    "data.noise.kind: expected one of symmetric, asymmetric, given, got nothing",
  ],
  ["- random-crop", "- random-corp", "7:5", "augment[0]: expected one of random-crop,"],
  ["    size: 8", "    sise: 8", "9:5", "augment[1].sise: unknown setting; did you mean size?"],
  [
    "    size: 8",
    "    size: 8\n  - mixup\n  - cutmix",
    "7:3",
    "augment: expected at most one of mixup and cutmix",
  ],
  ["milestones: [5, 8]", "milestones: 5", "16:15", "schedule.milestones: expected a list, got 5"],
  ["name: step", "name: steps", "15:9", "did you mean step?"],
  ["- cross-entropy", "- crossentropy", "18:5", "did you mean cross-entropy?"],
  [
    "epsilon: [0.1, 0.2]",
    "epsilon: [0.1, 1.2]",
    "20:20",
    "methods[1].epsilon[1]: expected less than 1, got 1.2",
  ],
  ["epsilon: [0.1, 0.2]", "epsilons: 0.1", "20:5", "did you mean epsilon?"],
  [
    "temperature: 4",
    "temperature: 0",
    "21:45",
    "methods[2].temperature: expected more than 0, got 0",
  ],
  [
    "generations: 2",
    "generations: -1",
    "21:61",
    "methods[2].generations: expected at least 1, got -1",
  ],
  ["- cross-entropy", "- 7", "18:5", "methods[0]: expected"],
  ["seeds: [0, 1]", "seeds: 3", "22:8", "seeds: expected a list, got 3"],
  ["seeds: [0, 1]", "seeds: []", "22:8", "seeds: expected at least 1 entry, got []"],
  ["seeds: [0, 1]", "seeds: [0, -1]", "22:12", "seeds[1]: expected at least 0, got -1"],
  ["data.noise.rate: [0, 0.4]", "data.noise.rate: [0, 4]", "24:24", "expected at most 1, got 4"],
  ["data.noise.rate: [0, 0.4]", "data.noise.rat: [0, 0.4]", "24:3", "did you mean rate?"],
  ["data.noise.rate: [0, 0.4]", "seed: [0, 1]", "24:3", "seed is not for the grid"],
  ["  full: { seeds: [0, 1, 2, 3] }", "  full: { sedes: [1] }", "26:11", "did you mean seeds?"],
  ["name: digits", "name: ../digits", "1:7", "name: expected letters, digits"],
  ["epochs: 10", "epochs: 10\nepochs: 11", "12:1", "Map keys must be unique"],
  ["seeds: [0, 1]", "seeds: [0, 1", "23:1", "Flow sequence"],
  ["model: lenet", "\tmodel: lenet", "10:1", "Tabs are not allowed as indentation"],
];

describe("a configuration with a mistake", () => {
  it("is refused only where there is one", () => {
    expect(problems(GOOD)).toBe("");
  });

  it("is tried in more than thirty ways", () => {
    expect(MISTAKES.length).toBeGreaterThanOrEqual(30);
  });

  it.each(MISTAKES)("%j for %j is told at %s", (from, to, place, words) => {
    const lines = problems(changed(from, to)).split("\n");
    expect(lines[0]).toMatch(new RegExp(`^study\\.yaml:${place}: `));
    expect(lines[0]).toContain(words);
  });

  it("has all its mistakes told at once", () => {
    const text = GOOD.replace("lenet", "x")
      .replace("epochs: 10", "epochs: 0")
      .replace("cross-e", "e");
    expect(problems(text).split("\n")).toHaveLength(3);
  });

  it.each([
    ["optimizer.lr=fast", '--set optimizer.lr=fast: optimizer.lr: expected a number, got "fast"'],
    ["optimiser.lr=1", "--set optimiser.lr=1: optimiser: unknown setting; did you mean optimizer?"],
    ["epochs=[", "--set epochs=[:1:2: Flow sequence"],
    ["model.depth=3", "--set model.depth=3: model: expected one of mlp"],
    ["data.noise.rate=2", "--set data.noise.rate=2: data.noise.rate: expected at most 1, got 2"],
    ["__proto__.a=1", "--set __proto__.a=1: `__proto__.a` is no path of settings"],
  ])("given as --set %s is told there", (set, words) => {
    expect(problems(GOOD, set)).toContain(words);
  });

  it.each(["lr", "=3", ""])("--set %j is no setting", (text) => {
    expect(() => parseOverride(text)).toThrow("expected setting=value");
  });
});

describe("a hostile configuration", () => {
  it("cannot explode by aliases", () => {
    const levels = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (const [from, to] of ["ab", "bc", "cd", "de", "ef", "fg"]) {
      levels.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(", ")}]`);
    }
    expect(problems(levels.join("\n"))).toContain("Excessive alias count");
  });

  it("makes nothing but plain values", () => {
    expect(problems("a: !!js/function 'function () {}'")).toContain("study.yaml:1:1: ");
    expect(problems("__proto__: { polluted: true }")).toContain("unknown setting");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each(["", "text", "- 1", "null", "5"])("that is %j is told so", (text) => {
    expect(problems(text)).toMatch(/^study\.yaml:1:1: expected settings/);
  });
});
