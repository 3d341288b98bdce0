// A classifier in an ONNX file: how well it is calibrated, and what temperature scaling mends.
import {
  calibrationNullFloor,
  type Estimate,
  evaluateClassifier,
  fitTemperature,
  reliabilityDiagram,
} from "@sd/metrics";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { CLASSES, drawCentres, drawSample, INPUTS, overconfidentClassifier } from "./mixture.ts";
import { encodeOnnx } from "./onnx.ts";

const FACTOR = 3;
const centres = drawCentres(1);
const validation = drawSample(centres, 1000, 2);
const test = drawSample(centres, 4000, 3);

const file = encodeOnnx(overconfidentClassifier(centres, FACTOR));
const session = await InferenceSession.create(file);

/** The model's logits, as onnxruntime gives them: flat, row by row. */
async function predict(x: Float32Array): Promise<Float32Array> {
  const input = new Tensor("float32", x, [x.length / INPUTS, INPUTS]);
  const { logits } = await session.run({ x: input });
  return logits!.data as Float32Array;
}

const shape = [test.n, CLASSES];
const logits = await predict(test.x);
const { temperature } = fitTemperature(await predict(validation.x), validation.labels, [
  validation.n,
  CLASSES,
]);
const result = evaluateClassifier(logits, test.labels, shape, {
  temperature,
  bootstrap: { seed: 4 },
});
const floor = calibrationNullFloor(logits, test.labels, shape, { temperature, seed: 5 });

const number = (value: number): string => value.toFixed(3);
const withInterval = ({ value, interval }: Estimate): string =>
  `${number(value)} [${interval!.map(number).join(", ")}]`;
const row = (...cells: readonly string[]): void =>
  console.log(
    cells
      .map((cell, i) => cell.padEnd(i === 0 ? 12 : 24))
      .join("")
      .trimEnd(),
  );

console.log(`a classifier of ${CLASSES} classes, ${file.length} bytes of ONNX`);
console.log(`temperature fitted to ${validation.n} rows: ${temperature.toFixed(2)}\n`);
row(`${test.n} rows`, "as it is", "at that temperature");
row("accuracy", withInterval(result.accuracy), withInterval(result.accuracy));
row("NLL", withInterval(result.nll), withInterval(result.nllScaled!));
row("ECE", withInterval(result.ece), withInterval(result.eceScaled!));
console.log(`ECE of a calibrated model, 95 % quantile: ${number(floor.upper)}\n`);

const BINS = 5;
const before = reliabilityDiagram(logits, test.labels, shape, { bins: BINS });
const after = reliabilityDiagram(logits, test.labels, shape, { bins: BINS, temperature });
row("confidence", "rows, sure, right", "rows, sure, right");
for (let i = 1; i < BINS; i++) {
  const cells = [before, after].map((bins) => {
    const { count, confidence, accuracy } = bins[i]!;
    return `${String(count).padStart(4)}  ${number(confidence)}  ${number(accuracy)}`;
  });
  row(`${before[i]!.lower.toFixed(1)} – ${before[i]!.upper.toFixed(1)}`, ...cells);
}
await session.release();
