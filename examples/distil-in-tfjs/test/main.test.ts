import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
let output: string;

beforeAll(async () => {
  const args = ["--conditions=@sd/source", main];
  output = (await promisify(execFile)(process.execPath, args)).stdout;
});

/** First and last loss, accuracy, ECE and NLL of the line that starts with `name`. */
function numbersOf(name: string): number[] {
  const line = output.split("\n").find((l) => l.startsWith(`${name} `))!;
  return line.slice(name.length).trim().split(/ +/).map(Number);
}

const NETWORKS = ["teacher", "student on labels", "distilled, gradient", "distilled, targets"];

test("every network learns", () => {
  for (const name of NETWORKS) {
    const [first, last, accuracy, ece, nll] = numbersOf(name);
    expect(last, name).toBeLessThan(0.7 * first!);
    // A quarter would be chance, and a tenth of the labels is drawn anew.
    expect(accuracy, name).toBeGreaterThan(0.7);
    expect(accuracy, name).toBeLessThan(0.95);
    expect(ece, name).toBeGreaterThan(0);
    expect(ece, name).toBeLessThan(0.2);
    expect(nll, name).toBeGreaterThan(0.3);
  }
});

test("a student with a teacher is better than one with labels only", () => {
  const [, , accuracy, , nll] = numbersOf("student on labels");
  const [, , taught, , taughtNll] = numbersOf("distilled, gradient");
  expect(taught).toBeGreaterThan(accuracy!);
  expect(taughtNll).toBeLessThan(nll!);
});

test("both ways train the same student", () => {
  expect(numbersOf("distilled, gradient")).toBeAllclose(numbersOf("distilled, targets"), {
    // One unit of the last digit that is printed.
    atol: 1.001e-3,
    rtol: 0,
  });
  // Logits of about 10 in float32, after 600 steps.
  expect(Number(output.match(/logits: (.*)/)![1])).toBeLessThan(1e-3);
});
