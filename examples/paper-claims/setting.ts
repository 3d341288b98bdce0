// What the runs were made with, which of them are undertrained, and how settings were chosen.
import type { Blocks } from "./document.ts";
import { number, table } from "./markdown.ts";
import { isUndertrained, MOST_RISE, type Run, type StudyRuns } from "./runs.ts";

interface Manifest {
  readonly createdBy: string;
  readonly device: string;
  readonly threads: number;
  readonly versions: { readonly tfjs: string; readonly node: string };
  readonly platform: string;
  readonly processor: string;
}

/** The seconds of training and validation. */
const secondsOf = ({ record }: Run): number =>
  record.metrics.reduce((sum, { seconds }) => sum + Number(seconds), 0);

function machineOf({ record }: Run): string {
  const { createdBy, device, threads, versions, platform, processor } =
    record.manifest as unknown as Manifest;
  return `${createdBy}, ${device}, ${threads} ${threads === 1 ? "thread" : "threads"} a run, tfjs ${versions.tfjs}, Node ${versions.node}, ${platform}, ${processor}`;
}

/** The machines and programs of the runs, and what they took. */
export function machines(studies: readonly StudyRuns[]): string {
  const runs = studies.flatMap((study) => study.runs);
  const made = [...new Set(runs.map(machineOf))].map((machine) => `- ${machine}`);
  const hours = runs.reduce((sum, run) => sum + secondsOf(run), 0) / 3600;
  const unfinished = studies.reduce((sum, study) => sum + study.unfinished, 0);
  const left = unfinished > 0 ? ` ${unfinished} runs are not finished and left out.` : "";
  return `${runs.length} runs, ${number(hours, 1)} hours of one core each.${left}\n\n${made.join("\n")}`;
}

/** The runs whose accuracy still rises at the end. */
export function undertrained(studies: readonly StudyRuns[]): string {
  const runs = studies.flatMap((study) => study.runs);
  const found = runs.filter(isUndertrained);
  const largest = Math.max(...runs.map(({ rise }) => rise));
  const rest = `The largest rise of validation accuracy in the last fifth is ${number(largest, 2)} percentage points; more than ${MOST_RISE} is undertrained.`;
  if (found.length === 0) return `No run is undertrained. ${rest}`;
  const names = found.map(
    ({ record, rise }) =>
      `- \`${record.folder.split("/").slice(-2).join("/")}\`: ${number(rise, 2)}`,
  );
  return `${found.length} of ${runs.length} runs are undertrained, and not compared. ${rest}\n\n${names.join("\n")}`;
}

/** The validation accuracy of every run that settings were chosen by, and how far it still rises. */
export function selection({ runs }: StudyRuns): Blocks {
  const rateOf = ({ record }: Run): number =>
    Number((record.config.optimizer as { learningRate: number }).learningRate);
  const accuracyOf = ({ record }: Run): number => Number(record.status.validationAccuracy);
  const cells = (run: Run): string[] => [number(100 * accuracyOf(run), 2), number(run.rise, 2)];
  const rates = runs.filter(({ method }) => method === "cross-entropy");
  const admitted = rates.filter((run) => !isUndertrained(run));
  const best = (admitted.length > 0 ? admitted : rates).reduce((a, b) =>
    accuracyOf(b) > accuracyOf(a) ? b : a,
  );
  const strengths = runs
    .filter((run) => run.method !== "cross-entropy" && rateOf(run) === rateOf(best))
    .map((run) => {
      const { epsilon, beta, hardWeight } = run.options;
      const words = [
        ...(epsilon === undefined ? [] : [`ε = ${epsilon}`]),
        ...(beta === undefined ? [] : [`β = ${beta}`]),
        ...(hardWeight === undefined ? [] : [`label's weight ${hardWeight}`]),
      ];
      return [run.method, words.join(", "), ...cells(run)];
    });
  const titles = ["validation accuracy, %", "rise in the last fifth"];
  return {
    "selection-rates": table(
      ["learning rate", ...titles],
      rates
        .sort((a, b) => rateOf(a) - rateOf(b))
        .map((run) => [String(rateOf(run)), ...cells(run)]),
    ),
    "selection-strengths": table(["method", "strength", ...titles], strengths, 2),
  };
}
