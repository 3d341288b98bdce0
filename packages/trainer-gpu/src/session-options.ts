// What a session takes and returns.
import type { ChannelStatistics } from "@sd/data";
import type { Method, Signal, Signals } from "./methods/method.ts";
import type { Model } from "./models/model.ts";
import type { Arrays } from "./session-variables.ts";
import type { UpdateOptions } from "./update-rules/table.ts";

/** Pixels of images, `[m, h, w, c]`: numbers, or bytes that the engine makes numbers of. */
export type Images = Float32Array | Uint8Array;

/** What a session is made of. */
export interface SessionOptions {
  readonly model: Model;
  readonly method: Pick<Method, "name" | "signals" | "terms" | "emaMode">;
  readonly optimizer: UpdateOptions;
  readonly batchSize: number;
  readonly predictBatchSize: number;
  /**
   * How many equal parts a batch is trained in, one after the other, their gradients averaged: less
   * memory, the same step, but for batch normalisation, which sees the parts. @defaultValue 1
   */
  readonly parts?: number;
  /** Where training starts. */
  readonly initial: Arrays;
  /** Where the moving average starts; needed in its mode `paper`. @defaultValue `initial` */
  readonly averageInitial?: Arrays | undefined;
  /** The teacher's weights, where the method has the signal `teacher`. */
  readonly teacher?: Arrays | undefined;
  /**
   * Signals of the method that the caller hands to {@link StepInputs}, from elsewhere than a network
   * of the session. @defaultValue none
   */
  readonly given?: readonly Signal[];
  /**
   * Images are pixels from 0 to 255, of which the engine makes `(pixel / 255 − mean) / std`, channel
   * by channel. @defaultValue images are taken as they are
   */
  readonly normalise?: ChannelStatistics | undefined;
  /**
   * What the images of steps will mostly be; both can be given at any time, the other costs a recording
   * more. @defaultValue "bytes" with `normalise`, else "numbers"
   */
  readonly images?: "bytes" | "numbers";
  /** Record the steps where the engine can, or always call them. @defaultValue "auto" */
  readonly mode?: "auto" | "eager";
}

/** The inputs of one optimiser step, on the host. */
export interface StepInputs {
  /** `[m, h, w, c]` */
  readonly images: Images;
  /** `[m, k]` */
  readonly targets: Float32Array;
  /** `[m]`, 1 where absent. */
  readonly weights?: Float32Array | undefined;
  readonly learningRate: number;
  /**
   * The number of the step, counted from 1 over the whole of training: `adamw` corrects its first
   * steps.
   */
  readonly step: number;
  /** What `signals` gave, where the method has terms of the loss that read it. */
  readonly signals?: Signals | undefined;
  /** The moving average keeps this share of itself; read only with the signal `ema`. */
  readonly emaDecay?: number | undefined;
}

/** What a step returns: the weighted mean loss before the update, and the logits it came from. */
export interface StepResult {
  readonly loss: number;
  readonly logits: Float32Array;
}
