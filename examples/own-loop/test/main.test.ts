import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { CLASSES, makeBlobs } from "../blobs.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

async function run(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@sd/source", main]);
  return stdout;
}

/** accuracy, ECE and NLL of the line that starts with `name`. */
function numbersOf(output: string, name: string): number[] {
  const line = output.split("\n").find((l) => l.startsWith(`${name} `))!;
  return line.slice(name.length).trim().split(/ +/).map(Number);
}

test("beta smoothing generalises as well as the labels and is better calibrated", async () => {
  const output = await run();
  const plain = numbersOf(output, "labels");
  const smoothed = numbersOf(output, "beta smoothing");
  for (const [accuracy, ece, nll] of [plain, smoothed]) {
    // A third would be chance; what overlaps and what is mislabelled cannot be known.
    expect(accuracy).toBeGreaterThan(0.6);
    expect(accuracy).toBeLessThan(0.9);
    expect(ece).toBeGreaterThan(0);
    expect(ece).toBeLessThan(0.3);
    expect(nll).toBeGreaterThan(0.3);
  }
  expect(smoothed[0]).toBeGreaterThan(plain[0]! - 0.02);
  expect(smoothed[1]).toBeLessThan(plain[1]!);
  expect(smoothed[2]).toBeLessThan(plain[2]!);
});

test("the data come from the seed", () => {
  expect(makeBlobs(9, 0.5, 1)).toEqual(makeBlobs(9, 0.5, 1));
  expect(makeBlobs(9, 0.5, 1).x).not.toEqual(makeBlobs(9, 0.5, 2).x);
});

test("the noise is the share of labels that are drawn anew", () => {
  const wrong = (noise: number): number => {
    const { n, labels } = makeBlobs(3000, noise, 1);
    return labels.filter((c, i) => c !== i % CLASSES).length / n;
  };
  expect(wrong(0)).toBe(0);
  // Two thirds of the redrawn labels are wrong; 4 standard deviations of a share of 3000.
  expect(wrong(0.3)).toBeAllclose(0.2, { rtol: 0, atol: 0.03 });
});
