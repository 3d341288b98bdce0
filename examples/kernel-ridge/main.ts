// Eleven noisy points of a sine, fitted by a kernel ridge regression that then teaches itself.
import { createRng, normal } from "@sd/math/random";
import { eigen, multiply } from "./linear-algebra.ts";
import { closedForm, type Distillation, fitGenerations, rbfKernel } from "./ridge.ts";

const POINTS = 11;
const LENGTH = 0.15;
const RIDGE = 0.05;
const NOISE = 0.5;
const SEEDS = 200;
const SHOWN = [0, 1, 4, 16, 64, 256];

const grid = (n: number): number[] => Array.from({ length: n }, (_, i) => i / (n - 1));
const truth = (x: number): number => Math.sin(2 * Math.PI * x);
const x = grid(POINTS);
const fine = grid(201);
const kernel = rbfKernel(x, x, LENGTH);
const spectrum = eigen(kernel);
const toFine = rbfKernel(fine, x, LENGTH);

const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

/** The error of each generation against the sine, and how far the fits are from the closed form. */
function distil(alpha: number, seed: number): { errors: number[]; apart: number } {
  const rng = createRng(seed);
  const targets = x.map((at) => truth(at) + NOISE * normal(rng));
  const problem: Distillation = { kernel, targets, ridge: RIDGE, alpha };
  const fits = fitGenerations(problem, SHOWN.at(-1)!);
  const errors = fits.map((fit) => {
    const values = multiply(toFine, fit);
    return rootMeanSquare(fine.map((at, i) => values[i]! - truth(at)));
  });
  const apart = SHOWN.flatMap((g) => {
    const exact = closedForm(problem, g, spectrum);
    return multiply(kernel, fits[g]!).map((value, i) => Math.abs(value - exact[i]!));
  });
  return { errors, apart: Math.max(...apart) };
}

console.log(
  `${POINTS} points, noise ${NOISE}, ridge ${RIDGE}; error against the sine, mean of ${SEEDS} draws`,
);
console.log(`alpha   ${SHOWN.map((g) => `gen. ${g}`.padStart(9)).join("")}   fits − closed form`);
for (const alpha of [0, 0.25, 0.5, 1]) {
  const runs = Array.from({ length: SEEDS }, (_, seed) => distil(alpha, seed));
  const mean = (g: number): number => runs.reduce((sum, { errors }) => sum + errors[g]!, 0) / SEEDS;
  const apart = Math.max(...runs.map((run) => run.apart));
  const columns = SHOWN.map((g) => mean(g).toFixed(4).padStart(9)).join("");
  console.log(
    `${String(alpha).padEnd(8)}${columns}   ${apart < 1e-10 ? "< 1e-10" : apart.toExponential(1)}`,
  );
}
