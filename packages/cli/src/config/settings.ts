// What a configuration says once it is checked and its defaults are filled in.
import type { Named } from "./named.ts";

/** Wrong training labels. */
export type NoiseSettings =
  | { readonly kind: "symmetric"; readonly rate: number; readonly seed?: number | undefined }
  | {
      readonly kind: "asymmetric";
      readonly rate: number;
      readonly map?: readonly number[] | undefined;
      readonly seed?: number | undefined;
    }
  | { readonly kind: "given"; readonly labels: string; readonly column: string };

/** Which images are used. */
export interface DataSettings {
  /** One of the data sets that are known by name; else `images`. */
  readonly name?: string | undefined;
  /** A folder or an archive. */
  readonly images?: string | undefined;
  readonly folder?: string | undefined;
  readonly size?: number | undefined;
  readonly train?: number | undefined;
  readonly validation?: number | undefined;
  readonly test?: number | undefined;
  readonly splitSeed: number;
  readonly noise?: NoiseSettings | undefined;
  /** A file of people's votes on the test images. */
  readonly votes?: string | undefined;
}

/** What the runs of a study share. */
export interface SharedSettings {
  readonly data: DataSettings;
  readonly augment: readonly Named[];
  readonly evaluate: readonly Named[];
  readonly model: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly parts: number;
  readonly optimizer: Named;
  readonly schedule: Named;
  readonly bestBy: "accuracy" | "nll";
  readonly earlyStopping?:
    | {
        readonly patience: number;
        readonly metric?: "accuracy" | "nll" | undefined;
        readonly minDelta: number;
      }
    | undefined;
  /** Predictions on the training images are kept too. */
  readonly predictTrain?: boolean | undefined;
}

/** One run. */
export interface RunSettings extends SharedSettings {
  readonly method: Named;
  readonly seed: number;
  readonly generation: number;
  readonly teacher?: string | undefined;
}

/** What varies within a study. */
export interface VariedSettings {
  /** Options may be lists, of which each value is a method of its own. */
  readonly methods: readonly Named[];
  readonly seeds: readonly number[];
  readonly grid: Readonly<Record<string, readonly unknown[]>>;
}

type Variable = Pick<SharedSettings, "epochs" | "data" | "model"> & VariedSettings;

/** Variations of a study: what they give stands in place of the study's. */
export type Profile = { readonly [Name in keyof Variable]?: Variable[Name] | undefined };

/** A study. */
export interface StudySettings extends SharedSettings, VariedSettings {
  readonly name: string;
  readonly description?: string | undefined;
  readonly profiles: Readonly<Record<string, Profile>>;
}
