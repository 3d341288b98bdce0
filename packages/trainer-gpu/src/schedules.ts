import { lookUp, requireOption } from "./errors.ts";

/** A linear rise of the learning rate before the schedule proper. */
export interface Warmup {
  /** How long it takes; less than the whole of training. */
  readonly epochs: number;
  /** The factor at the first step. @defaultValue 1/3, as PyTorch's `LinearLR` */
  readonly factor?: number;
}

/** A learning rate that stays. */
export interface ConstantSchedule {
  readonly name: "constant";
  readonly warmup?: Warmup;
}

/** Half a cosine down to 0 (arXiv 1608.03983, one period), from the end of the warm-up on. */
export interface CosineSchedule {
  readonly name: "cosine";
  readonly warmup?: Warmup;
}

/** Steps down. */
export interface StepSchedule {
  readonly name: "step";
  /**
   * The epochs, counted from the start of training, from which the rate is multiplied by `factor`
   * once more.
   *
   * @defaultValue none
   */
  readonly milestones?: readonly number[];
  /** @defaultValue 0.1 */
  readonly factor?: number;
  readonly warmup?: Warmup;
}

/**
 * Up to the learning rate and down again, both by half a cosine (arXiv 1708.07120), as PyTorch's
 * `OneCycleLR` without its momentum.
 */
export interface OneCycleSchedule {
  readonly name: "one-cycle";
  /** The share of training before the peak, in (0, 1). @defaultValue 0.3 */
  readonly peak?: number;
  /** The factor at the first step. @defaultValue 1/25 */
  readonly startFactor?: number;
  /** The factor at the end. @defaultValue 1/250000 */
  readonly endFactor?: number;
}

/** The factor of the learning rate at each optimiser step. */
export type ScheduleOptions = ConstantSchedule | CosineSchedule | StepSchedule | OneCycleSchedule;

/**
 * Where training stands: epochs done, fractional within an epoch, and the end of the warm-up, which
 * is over.
 */
interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly warm: number;
}

type Schedule<Options> = (at: Progress, options: Options) => number;

/** From `from` at t = 0 to `to` at t = 1. */
const halfCosine = (from: number, to: number, t: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * t))) / 2;

const cosine: Schedule<CosineSchedule> = ({ epoch, epochs, warm }) =>
  halfCosine(1, 0, (epoch - warm) / (epochs - warm));

const step: Schedule<StepSchedule> = ({ epoch }, { milestones = [], factor = 0.1 }) =>
  factor ** milestones.filter((milestone) => epoch >= milestone).length;

const oneCycle: Schedule<OneCycleSchedule> = (
  { epoch, epochs },
  { peak = 0.3, startFactor = 1 / 25, endFactor = 1 / 250_000 },
) => {
  requireOption("peak", peak, "a number in (0, 1)", peak > 0 && peak < 1);
  const done = epoch / epochs;
  return done < peak
    ? halfCosine(startFactor, 1, done / peak)
    : halfCosine(1, endFactor, (done - peak) / (1 - peak));
};

const SCHEDULES: Readonly<Record<ScheduleOptions["name"], Schedule<never>>> = {
  constant: () => 1,
  cosine,
  step,
  "one-cycle": oneCycle,
};

/** The warm-up of a schedule, checked; one that takes no time where there is none. */
function warmupOf(options: ScheduleOptions, total: number): Required<Warmup> {
  if (options.name === "one-cycle" || options.warmup === undefined) return { epochs: 0, factor: 1 };
  const { epochs, factor = 1 / 3 } = options.warmup;
  const shorter = `a positive number below ${total}`;
  requireOption("warmup.epochs", epochs, shorter, epochs > 0 && epochs < total);
  requireOption("warmup.factor", factor, "a number in [0, 1]", factor >= 0 && factor <= 1);
  return { epochs, factor };
}

/**
 * The factor on the base learning rate at `epoch` (fractional: 0 at the first step, approaching
 * `epochs` at the last).
 *
 * In the warm-up it rises in a straight line from its first factor to 1. Then `constant` is 1;
 * `cosine` goes down as ½ (1 + cos(π t)), t the share of the remaining training that is done;
 * `step` is factor^(milestones reached). `one-cycle` rises to 1 at `peak` and falls to `endFactor`.
 *
 * @throws TrainerError `UNKNOWN_NAME`, `BAD_OPTION` unless 0 ≤ epoch ≤ epochs, and for options out
 *   of their range.
 */
export function scheduleFactor(options: ScheduleOptions, epoch: number, epochs: number): number {
  const schedule = lookUp(SCHEDULES, "schedule", options.name);
  requireOption("epoch", epoch, `a number in [0, ${epochs}]`, epoch >= 0 && epoch <= epochs);
  const warmup = warmupOf(options, epochs);
  if (epoch < warmup.epochs) return warmup.factor + (1 - warmup.factor) * (epoch / warmup.epochs);
  return schedule({ epoch, epochs, warm: warmup.epochs }, options as never);
}
