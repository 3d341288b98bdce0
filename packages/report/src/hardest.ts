// The test images that all methods together find hardest.
import type { RunRecord } from "@sd/runs";
import type { Outcome } from "./figures/outcomes.ts";
import { Html, html } from "./html.ts";
import { encodePng } from "./png.ts";

/** Pictures of some test images. */
export interface ReportImages {
  /** `[m, h, w, c]`, 0…255; 1 channel is grey, 3 are red, green, blue. */
  readonly pixels: Uint8Array;
  readonly shape: readonly [m: number, h: number, w: number, c: number];
  /** `[m]`: the row among the test predictions that each picture belongs to. @defaultValue 0, 1, 2 … */
  readonly index?: ArrayLike<number>;
  /** `[k]`, in the order of the labels. */
  readonly classNames?: readonly string[];
}

/**
 * Finds the pictures of a run's test images, which its folder does not hold.
 *
 * @param record - A run of the report.
 * @param rows - The rows of its test predictions that are asked for; more may be given.
 * @returns Undefined where the pictures are not at hand: then rows are named by their numbers.
 */
export type ImageProvider = (
  record: RunRecord,
  rows: readonly number[],
) => Promise<ReportImages | undefined>;

/** What one method says of an image. */
export interface Verdict {
  /** The class that most seeds predict. */
  readonly predicted: number;
  /** Mean probabilities over seeds: of each run's own prediction, and of the label. */
  readonly confidence: number;
  readonly target: number;
}

/** A test image that many find hard. */
export interface HardImage {
  /** Its row among the test predictions, from 0. */
  readonly row: number;
  readonly label: number;
  /** Mean over methods of −log p of the label, each method's seeds together. */
  readonly loss: number;
  /** In the order of the methods. */
  readonly verdicts: readonly Verdict[];
}

const HOW_MANY = 12;

const average = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

function verdictOf({ runs }: Outcome, row: number): Verdict {
  const votes = new Map<number, number>();
  for (const { predicted } of runs) {
    votes.set(predicted[row]!, (votes.get(predicted[row]!) ?? 0) + 1);
  }
  const [first] = [...votes].sort(([a, m], [b, n]) => n - m || a - b);
  return {
    predicted: first![0],
    confidence: average(runs.map((run) => run.confidence[row]!)),
    target: average(runs.map((run) => run.target[row]!)),
  };
}

/** The images of the highest mean loss, hardest first; none unless all methods were judged on the same. */
export function hardestImages(outcomes: readonly Outcome[], most: number = HOW_MANY): HardImage[] {
  const [first] = outcomes;
  const labels = first!.labels;
  const same = outcomes.every(
    (outcome) =>
      outcome.labels.length === labels.length &&
      outcome.runs.every(({ loss }) => loss.length === labels.length) &&
      labels.every((label, i) => label === outcome.labels[i]),
  );
  if (!same) return [];
  const losses = Float64Array.from(labels, (_, row) =>
    average(outcomes.map(({ runs }) => average(runs.map(({ loss }) => loss[row]!)))),
  );
  const order = [...losses.keys()].sort((a, b) => losses[b]! - losses[a]! || a - b);
  return order.slice(0, most).map((row) => ({
    ...{ row, label: labels[row]!, loss: losses[row]! },
    verdicts: outcomes.map((outcome) => verdictOf(outcome, row)),
  }));
}

/** The pictures by row, as PNG files. */
export function picturesOf({ pixels, shape, index }: ReportImages): Map<number, Buffer> {
  const [m, h, w, c] = shape;
  const size = h * w * c;
  return new Map(
    Array.from({ length: m }, (_, i) => [
      index?.[i] ?? i,
      encodePng(pixels.subarray(i * size, (i + 1) * size), [h, w, c]),
    ]),
  );
}

const share = (p: number): string => (p > 0 && p < 0.001 ? "< 0.001" : p.toFixed(3));

/** The class names that a run's manifest holds. */
function namesIn({ manifest }: RunRecord): readonly string[] | undefined {
  const { classNames } = (manifest.input ?? {}) as { classNames?: unknown };
  return Array.isArray(classNames) && classNames.every((name) => typeof name === "string")
    ? classNames
    : undefined;
}

/** The hardest images with what each method says of them; empty where there are none. */
export async function hardestHtml(
  outcomes: readonly Outcome[],
  { id, level, images }: { id: string; level: Html; images: ImageProvider | undefined },
): Promise<Html> {
  const hardest = hardestImages(outcomes);
  if (hardest.length === 0) return new Html("");
  const [record] = outcomes[0]!.series.records;
  const found = await images?.(
    record!,
    hardest.map(({ row }) => row),
  );
  const asked = new Set(hardest.map(({ row }) => row));
  const pictures = found ? picturesOf(onlyAsked(found, asked)) : new Map<number, Buffer>();
  const names = found?.classNames ?? namesIn(record!);
  const nameOf = (c: number): string => names?.[c] ?? String(c);
  const body = hardest.map(({ row, label, loss, verdicts }) => {
    const png = pictures.get(row);
    const picture = png
      ? html`<img class="test-image" alt="test image ${row}, ${nameOf(label)}" src="data:image/png;base64,${png.toString("base64")}">`
      : "";
    const cells = verdicts.map(
      ({ predicted, confidence, target }) =>
        html`<td>${nameOf(predicted)}<small>confidence ${share(confidence)}</small><small>target ${share(target)}</small></td>`,
    );
    return html`<tr><th scope="row">${picture}<span>${row}</span></th><td>${nameOf(label)}</td><td>${loss.toFixed(2)}</td>${cells}</tr>
`;
  });
  const heads = outcomes.map(({ series }) => html`<th scope="col">${series.label}</th>`);
  return html`<section aria-labelledby="${id}"><h${level} id="${id}">Hardest test images</h${level}>
<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}"><table>
<caption>The ${hardest.length} test images with the highest loss of the label, mean over the methods, hardest first. Each method's prediction, its confidence in it, and the probability that it gives to the target; means over seeds.</caption>
<thead><tr><th scope="col">test image</th><th scope="col">target</th><th scope="col">mean loss</th>${heads}</tr></thead>
<tbody>
${body}</tbody>
</table></div></section>
`;
}

/** The pictures of the asked rows alone: what else a provider gave is not encoded. */
function onlyAsked(images: ReportImages, asked: ReadonlySet<number>): ReportImages {
  const [m, h, w, c] = images.shape;
  const size = h * w * c;
  const rowOf = (i: number): number => images.index?.[i] ?? i;
  const kept = Array.from({ length: m }, (_, i) => i).filter((i) => asked.has(rowOf(i)));
  const pixels = new Uint8Array(kept.length * size);
  kept.forEach((i, j) => {
    pixels.set(images.pixels.subarray(i * size, (i + 1) * size), j * size);
  });
  return { pixels, shape: [kept.length, h, w, c], index: kept.map(rowOf) };
}
