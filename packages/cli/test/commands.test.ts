// The commands as a person types them, on a handful of digits and the engine that every machine has.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { presets } from "@sd/trainer-gpu";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadStudy } from "../src/config/load.ts";
import { presetNames } from "../src/config/preset-study.ts";
import { trainSettings } from "../src/run/options.ts";
import { sd } from "./sd.ts";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sd-commands-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const SHARED = `
data: { name: mnist, train: 64, validation: 20, test: 20 }
model: mlp
epochs: 2
batchSize: 32
`;

function write(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const env = { SD_ENGINE: "cpu" };

describe("sd train", () => {
  it("makes a run, leaves it when it is done, refuses another in its place, and replaces it when told", async () => {
    const folder = newFolder();
    const file = write(folder, "run.yaml", SHARED);
    const out = join(folder, "out");
    const train = (...more: string[]) => sd(["train", file, "--out", out, ...more], { env });
    const first = await train("--json");
    expect(first.code).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({ folder: out, state: "done" });
    expect(first.err).toMatch(/epoch 2\/2: loss/);
    expect((await train()).err).toContain("was done already");
    const other = await train("--seed", "7");
    expect([other.code, other.out]).toEqual([1, ""]);
    expect(other.err).toContain("another configuration");
    expect((await train("--seed", "7", "--force")).code).toBe(0);
    expect(JSON.parse(readFileSync(join(out, "config.json"), "utf8")).seed).toBe(7);
  });

  it("never removes what is no run", async () => {
    const folder = newFolder();
    const file = write(folder, "run.yaml", SHARED);
    const { code, err } = await sd(["train", file, "--out", folder, "--force"], { env });
    expect([code, err]).toEqual([2, expect.stringContaining("holds no run, and is left as it is")]);
    expect(existsSync(file)).toBe(true);
  });

  it("writes TensorBoard's files by a switch", async () => {
    const folder = newFolder();
    const file = write(folder, "run.yaml", SHARED);
    const out = join(folder, "out");
    expect((await sd(["train", file, "--out", out, "--tensorboard"], { env })).code).toBe(0);
    expect(readdirSync(join(out, "tensorboard"))[0]).toMatch(/^events\.out\.tfevents\./);
  });

  it("asks for a teacher where the method needs one, and takes it", async () => {
    const folder = newFolder();
    const file = write(folder, "run.yaml", SHARED);
    const [teacher, student] = [join(folder, "teacher"), join(folder, "student")];
    const distil = ["train", file, "--set", "method=self-distillation", "--out", student];
    const without = await sd(distil, { env });
    expect([without.code, without.err]).toEqual([2, expect.stringContaining("needs a teacher")]);
    expect((await sd(["train", file, "--out", teacher], { env })).code).toBe(0);
    expect((await sd([...distil, "--teacher", teacher], { env })).code).toBe(0);
  });
});

describe("sd distil", () => {
  it("trains generation after generation", async () => {
    const folder = newFolder();
    const file = write(folder, "run.yaml", SHARED);
    const out = join(folder, "out");
    const { code, out: printed } = await sd(
      ["distil", file, "--generations", "2", "--out", out, "--json"],
      { env },
    );
    expect(code).toBe(0);
    expect(JSON.parse(printed)).toHaveLength(3);
    const { teacher } = JSON.parse(readFileSync(join(out, "generation-2", "config.json"), "utf8"));
    expect(teacher.run).toBe("../generation-1");
  });
});

describe("from a study to its report", () => {
  it("plans, runs, goes on, reports, and compares", async () => {
    const folder = newFolder();
    const methods = "methods: [cross-entropy, label-smoothing, self-distillation]";
    const file = write(folder, "study.yaml", `name: small\n${SHARED}${methods}\n`);
    const out = join(folder, "runs");

    const plan = await sd(["study", "plan", file, "--out", out, "--no-measure", "--json"], { env });
    expect(JSON.parse(plan.out)).toMatchObject({ name: "small", left: 3, seconds: null });
    const timed = await sd(["study", "plan", file, "--out", out], { env });
    expect(timed.out).toMatch(/3 runs in .*\nabout \d+ s on this machine\n$/);

    const first = await sd(["study", "run", file, "--out", out, "--jobs", "2", "--json"], { env });
    expect([first.code, first.err]).toEqual([0, expect.stringContaining("3 runs in")]);
    const { runs } = JSON.parse(first.out);
    expect(runs.map(({ stage }: { stage: string }) => stage)).toEqual(["done", "done", "done"]);

    const times = () =>
      runs.map(({ name }: { name: string }) =>
        readFileSync(join(out, name, "status.json"), "utf8"),
      );
    const before = times();
    expect((await sd(["study", "run", file, "--out", out], { env })).code).toBe(0);
    expect(times()).toEqual(before);

    const status = await sd(["study", "status", out]);
    expect(status.out).toMatch(/3 done\n$/);
    expect((await sd(["study", "cancel", out])).out).toContain("nothing is running");

    const page = await sd(["report", out]);
    expect([page.code, page.out.trim()]).toEqual([0, join(out, "report.html")]);
    // The hardest digits, as pictures.
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("data:image/png;base64,");
    const again = await sd(["report", out]);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining("is there already")]);
    const figures = join(newFolder(), "figures");
    const forced = await sd(["report", out, "--force", "--figures", figures]);
    expect([forced.code, forced.err]).toEqual([0, expect.stringMatching(/^\d+ figures in /)]);
    expect(existsSync(join(figures, "reliability.svg"))).toBe(true);
    expect((await sd(["report", out, "--format", "csv"])).out).toMatch(/^label,method,/);
    expect(JSON.parse((await sd(["report", out, "--format", "json"])).out).rows).toHaveLength(3);

    const pair = runs.slice(0, 2).map(({ name }: { name: string }) => join(out, name));
    const compared = await sd(["compare", ...pair]);
    expect(compared.out).toContain("accuracy");
    const single = await sd(["compare", pair[0]]);
    expect([single.code, single.err]).toEqual([
      2,
      expect.stringContaining("two finished runs or more"),
    ]);
  }, 120_000);

  it("reports a run that fails, exits with 1, and makes the others", async () => {
    const folder = newFolder();
    const settings = SHARED.replace("epochs: 2", "epochs: 1").replace("train: 64", "train: 32");
    const grid = "methods: [cross-entropy]\ngrid: { batchSize: [64, 32] }\n";
    const file = write(folder, "study.yaml", `name: small\n${settings}${grid}`);
    const out = join(folder, "runs");
    const args = ["study", "run", file, "--out", out, "--retries", "0"];
    const { code, out: said, err } = await sd(args, { env });
    expect([code, said]).toEqual([1, `${out}: 1 done, 1 failed\n`]);
    expect(err).toContain("`batchSize`: expected at most 32, the training images, got 64");
  });

  it("says at once, and once, that the images are not there", async () => {
    const folder = newFolder();
    const text = `name: small\n${SHARED}methods: [cross-entropy, label-smoothing]\n`;
    const file = write(folder, "study.yaml", text.replace("mnist", "cifar-10"));
    const out = join(folder, "runs");
    const { code, err } = await sd(["study", "run", file, "--out", out, "--data", folder], { env });
    expect([code, existsSync(out)]).toEqual([2, false]);
    expect(err).toBe(
      `sd: cifar-10 is not in ${folder}: sd data get cifar-10 --data ${folder} downloads it; --data or SD_DATA names another folder\n`,
    );
  });

  it("takes a profile in place of the study's own values", async () => {
    const folder = newFolder();
    const text = `name: small\n${SHARED}methods: [cross-entropy]\nprofiles: { full: { seeds: [0, 1, 2] } }\n`;
    const file = write(folder, "study.yaml", text);
    const count = async (...more: string[]): Promise<number> => {
      const { out } = await sd(["study", "plan", file, "--no-measure", "--json", ...more]);
      return JSON.parse(out).runs.length;
    };
    expect([await count(), await count("--profile", "full")]).toEqual([1, 3]);
    const { code, err } = await sd(["study", "plan", file, "--profile", "ful"]);
    expect([code, err]).toEqual([2, expect.stringContaining("did you mean full?")]);
  });
});

describe("sd config", () => {
  it("writes a study to start from that is a good one, and does not overwrite it", async () => {
    const folder = newFolder();
    const out = join(folder, "study.yaml");
    expect((await sd(["config", "init", "--out", out])).out).toBe(`${out}\n`);
    expect((await sd(["config", "check", out])).out).toBe(`${out}: a study of 4 runs\n`);
    const again = await sd(["config", "init", "--out", out]);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining("is there already")]);
  });

  it.each(presetNames)("writes the recipe %s, whole", async (preset) => {
    const folder = newFolder();
    const out = join(folder, "study.yaml");
    expect((await sd(["config", "init", "--preset", preset, "--out", out])).code).toBe(0);
    const [recipe, , network] = preset.split("/") as [keyof typeof presets, string, string];
    const { methods, seeds, networks } = presets[recipe];
    // One student follows the baseline, which is one of the methods.
    const runs = Object.keys(methods).length * seeds.length;
    expect((await sd(["config", "check", out])).out).toBe(`${out}: a study of ${runs} runs\n`);
    const { settings } = await loadStudy(out);
    const { schedule, optimizer, ...shared } = trainSettings({
      ...settings,
      ...{ seed: 0, generation: 0, method: { name: "cross-entropy" } },
    });
    const { model, epochs, batchSize } = networks[network]!;
    expect(shared).toMatchObject({ model, epochs, batchSize });
    expect(schedule).toEqual(networks[network]!.schedule);
    expect(optimizer).toMatchObject(networks[network]!.optimizer);
  });

  it("says which recipes there are", async () => {
    const { code, err } = await sd(["config", "init", "--preset", "paper/cifar-100/resnet-43"]);
    expect([code, err]).toEqual([
      2,
      expect.stringContaining("did you mean paper/cifar-100/resnet-34?"),
    ]);
  });

  it("checks a file, and exits with 2 where it has a mistake", async () => {
    const folder = newFolder();
    const file = write(folder, "run.yaml", `${SHARED}optimzer: { lr: 0.1 }\n`);
    const { code, out, err } = await sd(["config", "check", file]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toBe(`${file}:6:1: optimzer: unknown setting; did you mean optimizer?\n`);
  });

  it.each(["run", "study"] as const)(
    "prints the JSON Schema of a %s, which is the published one",
    async (kind) => {
      const { out } = await sd(["config", "schema", kind]);
      const published = new URL(`../schema/${kind}.schema.json`, import.meta.url);
      expect(JSON.parse(out)).toEqual(JSON.parse(readFileSync(published, "utf8")));
    },
  );
});

describe("sd complete", () => {
  it.each(["bash", "zsh", "fish"])("prints a script for %s", async (shell) => {
    const { code, out } = await sd(["complete", shell]);
    expect(code).toBe(0);
    expect(out).toContain("completion for sd");
  });

  it("knows commands, their commands, and options", async () => {
    expect((await sd(["complete", "--", "study", ""])).out).toMatch(/^plan\t[\s\S]*^cancel\t/m);
    expect((await sd(["complete", "--", "rep"])).out).toContain("report\t");
    expect((await sd(["complete", "--", "train", "--ten"])).out).toContain("--tensorboard\t");
  });
});
