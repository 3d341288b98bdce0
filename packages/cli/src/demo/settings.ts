import type { EngineName, OptimizerOptions, ScheduleOptions } from "@sd/trainer-gpu";

/** How large the demonstration is. */
export interface DemoSize {
  readonly images: number;
  readonly validation: number;
  readonly test: number;
  readonly epochs: number;
  readonly seeds: number;
}

/** Everything that the demonstration's numbers depend on. */
export interface DemoSettings extends DemoSize {
  readonly engine: EngineName;
  readonly noise: number;
  readonly model: string;
  readonly batchSize: number;
  readonly optimizer: OptimizerOptions;
  readonly schedule: ScheduleOptions;
}

/**
 * What fits a few minutes on two cores: wasm is several times slower than the native engine. How fast
 * WebGPU is depends on the GPU, and on a software driver it is slower still.
 */
export const SIZES: Readonly<Record<EngineName, DemoSize>> = {
  native: { images: 5000, validation: 2000, test: 10_000, epochs: 20, seeds: 1 },
  webgpu: { images: 2000, validation: 1000, test: 4000, epochs: 8, seeds: 1 },
  wasm: { images: 2000, validation: 1000, test: 4000, epochs: 8, seeds: 1 },
  cpu: { images: 500, validation: 200, test: 500, epochs: 3, seeds: 1 },
};

/** Convolutions in plain JavaScript take a thousand times as long, so that engine has another network. */
const MODELS: Readonly<Record<EngineName, string>> = {
  native: "lenet",
  webgpu: "lenet",
  wasm: "lenet",
  cpu: "mlp",
};

/** The share of the training labels that are replaced by another class. */
export const NOISE = 0.2;

/** The settings for an engine, with what the user asked for in place of the defaults. */
export function demoSettings(
  engine: EngineName,
  asked: Partial<DemoSize & { noise: number }>,
): DemoSettings {
  return {
    engine,
    noise: NOISE,
    ...SIZES[engine],
    ...asked,
    model: MODELS[engine],
    batchSize: 64,
    optimizer: { learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4 },
    schedule: { name: "cosine" },
  };
}

/** Whether an engine takes fewer images or epochs than the native one, in words; undefined where it does not. */
export function reducedSize(settings: DemoSettings): string | undefined {
  const full = SIZES.native;
  const parts = [
    ["training images", settings.images, full.images],
    ["epochs", settings.epochs, full.epochs],
    ["test images", settings.test, full.test],
  ] as const;
  const fewer = parts
    .filter(([, own, whole]) => own < whole)
    .map(([name, own, whole]) => `${own} ${name} instead of ${whole}`);
  if (settings.model !== MODELS.native) {
    fewer.push(`network ${settings.model} instead of ${MODELS.native}`);
  }
  return fewer.length === 0 ? undefined : `reduced: ${fewer.join(", ")}`;
}
