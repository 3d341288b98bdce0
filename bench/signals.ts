// What a moving average of the weights, or a teacher, adds to a step: its forward pass, and the average's update.
import { interleave, timed } from "./measure.ts";
import { type Comparison, milliseconds } from "./table.ts";
import { createStep } from "./training-step.ts";

const AT_MOST = 1.35;
const SIGNALS = [[], ["ema"], ["teacher"]] as const;
const NAMES = ["plain step", "step with a moving average", "step with a teacher"] as const;

/** Steps with signals against the plain step. */
export async function compareSignals(network: string, batch: number): Promise<Comparison> {
  const steps = SIGNALS.map((signals) => createStep(network, batch, signals));
  try {
    const timings = await interleave(
      steps.map(({ step }, i) => ({ name: NAMES[i]!, run: timed(step) })),
    );
    const [plain, ...others] = timings;
    const ratios = others.map(({ name, median }) => ({
      name: `${name} ÷ plain step`,
      value: median / plain!.median,
      bar: { atMost: AT_MOST },
    }));
    return {
      title: `signals of ${network}, batch ${batch}`,
      values: milliseconds(timings),
      ratios,
    };
  } finally {
    for (const { session } of steps) session.dispose();
  }
}
