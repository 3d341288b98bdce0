import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eigen, multiply, solve } from "../linear-algebra.ts";
import { closedForm, fitGenerations, rbfKernel, shrinkage } from "../ridge.ts";
import fixture from "./fixtures/ridge.json" with { type: "json" };

const { x, y, ridge, length, cases, eigenvalues } = fixture;
const kernel = rbfKernel(x, x, length);

describe("self-distillation of a kernel ridge regression", () => {
  it.each(cases)("equals numpy's, fit after fit, for alpha $alpha", ({ alpha, predictions }) => {
    const problem = { kernel, targets: y, ridge, alpha };
    const fits = fitGenerations(problem, predictions.length - 1);
    for (const [g, expected] of predictions.entries()) {
      expect(multiply(kernel, fits[g]!)).toBeAllclose(expected, { rtol: 0, atol: 1e-10 });
      expect(closedForm(problem, g)).toBeAllclose(expected, { rtol: 0, atol: 1e-10 });
    }
  });

  it("agrees with its closed form for any targets, ridge and alpha", () => {
    const numbers = fc.double({ min: -10, max: 10, noNaN: true });
    const targetsOf = fc.array(numbers, { minLength: 11, maxLength: 11 });
    const ridges = fc.double({ min: 1e-3, max: 10, noNaN: true });
    const alphas = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(targetsOf, ridges, alphas, fc.nat(30), (targets, lambda, alpha, g) => {
        const problem = { kernel, targets, ridge: lambda, alpha };
        const fit = fitGenerations(problem, g)[g]!;
        const exact = closedForm(problem, g);
        expect(multiply(kernel, fit)).toBeAllclose(exact, { rtol: 0, atol: 1e-10 });
      }),
    );
  });

  it("changes nothing where the teacher has no say", () => {
    const fits = fitGenerations({ kernel, targets: y, ridge, alpha: 1 }, 5);
    expect(fits[5]).toEqual(fits[0]);
  });

  it("ends as one fit with the ridge λ/α", () => {
    const alpha = 0.3;
    const limit = solve(
      kernel.map((row, i) => row.map((k, j) => (i === j ? k + ridge / alpha : k))),
      y,
    );
    const exact = closedForm({ kernel, targets: y, ridge, alpha }, 200);
    expect(multiply(kernel, limit)).toBeAllclose(exact, { rtol: 0, atol: 1e-10 });
  });

  it("shrinks every direction more with each generation, and small eigenvalues most", () => {
    for (const g of [1, 2, 5]) {
      expect(shrinkage(1, ridge, 0, g)).toBeLessThan(shrinkage(1, ridge, 0, g - 1));
      const kept = [0.01, 0.1, 1].map((d) => shrinkage(d, ridge, 0, g) / shrinkage(d, ridge, 0, 0));
      expect(kept).toEqual([...kept].sort((a, b) => a - b));
    }
  });
});

describe("eigen", () => {
  it("has numpy's eigenvalues", () => {
    const sorted = [...eigen(kernel).values].sort((a, b) => a - b);
    expect(sorted).toBeAllclose(eigenvalues, { rtol: 0, atol: 1e-14 });
  });

  it("puts the matrix together again from orthogonal vectors", () => {
    const { values, vectors } = eigen(kernel);
    for (const [i, row] of kernel.entries()) {
      const again = row.map((_, j) =>
        values.reduce((sum, value, k) => sum + value * vectors[k]![i]! * vectors[k]![j]!, 0),
      );
      expect(again).toBeAllclose(row, { rtol: 0, atol: 1e-13 });
    }
  });
});

it("prints what the README says", async () => {
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=@sd/source", main]);
  const lines = stdout.trim().split("\n");
  expect(lines).toHaveLength(6);
  for (const line of lines.slice(2)) expect(line).toContain("< 1e-10");
});
