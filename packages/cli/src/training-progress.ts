// What is said of a training run while it goes on.
import type { Progress } from "@sd/trainer-gpu";
import type { Reporter } from "./progress.ts";

/** A share as people read it. */
export const percent = (x: number): string => `${(100 * x).toFixed(2)} %`;

/** A duration as people read it: `45 s`, `12 min`, `3 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** Seconds that the rest of training takes at the speed so far. */
function timeLeft(
  { epoch, epochs, step, steps, imagesPerSecond }: Progress,
  batchSize: number,
): number {
  const left = (epochs - epoch) * steps - step;
  return (left * batchSize) / imagesPerSecond;
}

function describe(progress: Progress, batchSize: number): string {
  const { epoch, epochs, step, steps, loss, imagesPerSecond } = progress;
  const at = `epoch ${epoch + 1}/${epochs}, step ${step}/${steps}`;
  const left = duration(timeLeft(progress, batchSize));
  return `${at}: loss ${loss.toFixed(4)}, ${Math.round(imagesPerSecond)} images/s, ${left} left`;
}

/** Shows where a run is: every step on a terminal, every epoch elsewhere. */
export function showProgress(reporter: Reporter, progress: Progress, batchSize: number): void {
  const { metrics, epoch, epochs } = progress;
  if (metrics === undefined) {
    reporter.live(describe(progress, batchSize));
    return;
  }
  const { trainLoss, validationAccuracy, validationNll, imagesPerSecond } = metrics;
  reporter.line(
    `epoch ${epoch + 1}/${epochs}: loss ${trainLoss!.toFixed(4)}, validation accuracy ${percent(validationAccuracy!)}, ` +
      `NLL ${validationNll!.toFixed(4)}, ${Math.round(imagesPerSecond!)} images/s`,
  );
}
