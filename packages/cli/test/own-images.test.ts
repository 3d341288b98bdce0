// A folder of images of one's own: looked at, trained on, predicted, judged on other images.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { png } from "./png.ts";
import { sd } from "./sd.ts";

const folder = mkdtempSync(join(tmpdir(), "sd-images-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const photos = join(folder, "photos");
const run = join(folder, "run");
const env = { SD_ENGINE: "cpu" };

/** Images that anyone can tell apart: the brighter the channel, the surer the class. */
function writeClass(name: string, colour: (level: number) => [number, number, number]): void {
  mkdirSync(join(photos, name), { recursive: true });
  for (let i = 0; i < 20; i++) {
    writeFileSync(join(photos, name, `${i}.png`), png(12, colour(150 + 5 * i)));
  }
}

beforeAll(async () => {
  writeClass("blue", (level) => [20, 20, level]);
  writeClass("red", (level) => [level, 20, 20]);
  const text = `data: { images: photos, size: 8 }\nmodel: mlp\nepochs: 12\nbatchSize: 7\n`;
  writeFileSync(join(folder, "run.yaml"), `${text}optimizer: { lr: 0.02 }\n`);
  const { code, err } = await sd(["train", join(folder, "run.yaml"), "--out", run], { env });
  expect(err).toContain("cross-entropy: done");
  expect(code).toBe(0);
});

describe("images of one's own", () => {
  it("are looked at", async () => {
    const { out } = await sd(["data", "show", photos, "--size", "8"]);
    expect(out).toMatch(
      /^train: 40 images of 8 × 8 pixels in 3 channels, 2 classes\n +20 {2}blue\n/,
    );
  });

  it("make a study that fits them", async () => {
    const out = join(folder, "study.yaml");
    expect((await sd(["config", "init", photos, "--out", out])).code).toBe(0);
    expect((await sd(["config", "check", out])).out).toContain("a study of 4 runs");
  });

  it("are told apart by the network, by name, in CSV and JSON", async () => {
    const files = [join(photos, "red", "19.png"), join(photos, "blue", "19.png")];
    const { out } = await sd(["predict", run, ...files], { env });
    const [header, ...rows] = out.trim().split("\n");
    expect(header).toBe("file,class,probability");
    expect(rows.map((row) => row.split(",")[1])).toEqual(["red", "blue"]);
    const both = await sd(["predict", run, files[0]!, "--top", "2", "--json", "--calibrated"], {
      env,
    });
    const [{ classes }] = JSON.parse(both.out);
    const total = classes[0].probability + classes[1].probability;
    expect(total).toBeCloseTo(1, 6);
    expect(classes[0].probability).toBeGreaterThan(classes[1].probability);
  });

  it("are all found below a folder", async () => {
    const { out } = await sd(["predict", run, photos], { env });
    expect(out.trim().split("\n")).toHaveLength(41);
  });

  it("judge a network in place of its test images, classes by name", async () => {
    const { out } = await sd(["evaluate", run, "--images", photos, "--json"], { env });
    expect(JSON.parse(out)[0].metrics.accuracy.value).toBeGreaterThan(0.9);
    const other = join(folder, "other");
    mkdirSync(join(other, "green"), { recursive: true });
    writeFileSync(join(other, "green", "1.png"), png(12, [0, 255, 0]));
    const refused = await sd(["evaluate", run, "--images", other], { env });
    expect(refused.err).toContain("does not know the classes green: expected blue, red");
  });

  it.each([
    [["predict", join(folder, "nowhere"), "x.png"], "expected a run folder"],
    [["predict", run, join(folder, "nothing.png")], "there is no such file or folder"],
    [["predict", run, join(folder, "run.yaml")], "expected a JPEG, PNG or WebP image"],
    [["data", "show", join(folder, "nowhere")], "there is no such folder"],
    [["data", "check", "cifar10"], "did you mean cifar-10?"],
    [["config", "init", join(folder, "nowhere")], "there is no such folder"],
  ])("sd %j says what is wrong", async (args, words) => {
    const { code, out, err } = await sd(args, { env });
    expect([code === 0, out]).toEqual([false, ""]);
    expect(err).toContain(words);
    expect(err).not.toContain("    at ");
  });
});
