// The blocks of residual networks, and the stages that they are arranged in.
import { batchNormalisation } from "./layers/batch-normalisation.ts";
import { plainConvolution } from "./layers/convolution.ts";
import { identity, type Layer, residual, sequence } from "./layers/layer.ts";
import { padChannels, relu, subsample } from "./layers/stateless.ts";

/**
 * A block's place: its name in PyTorch, its channels, its stride, and whether it is the first of
 * its stage.
 */
export interface BlockShape {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: number;
  readonly first: boolean;
}

/** What a block is added to where its shape changes. */
export type Shortcut = (block: BlockShape) => Layer;

/**
 * Option A of He et al. (arXiv 1512.03385): every second pixel, and zeros as the new channels. No
 * parameters.
 */
export const zeroPaddedShortcut: Shortcut = ({ inputs, outputs, stride }) =>
  sequence(subsample(stride), padChannels(outputs - inputs));

/** Option B: a 1 × 1 convolution with batch normalisation. */
export const projectionShortcut: Shortcut = ({ name, inputs, outputs, stride }) =>
  sequence(
    plainConvolution(`${name}.downsample.0`, 1, inputs, outputs, stride),
    batchNormalisation(`${name}.downsample.1`, outputs),
  );

const changesShape = ({ inputs, outputs, stride }: BlockShape): boolean =>
  inputs !== outputs || stride !== 1;

/**
 * Two 3 × 3 convolutions with batch normalisation, added to the shortcut, then ReLU (arXiv
 * 1512.03385).
 */
export function basicBlock(block: BlockShape, shortcut: Shortcut): Layer {
  const { name, inputs, outputs, stride } = block;
  const branch = sequence(
    plainConvolution(`${name}.conv1`, 3, inputs, outputs, stride),
    batchNormalisation(`${name}.bn1`, outputs),
    relu,
    plainConvolution(`${name}.conv2`, 3, outputs, outputs),
    batchNormalisation(`${name}.bn2`, outputs),
  );
  return sequence(residual(branch, changesShape(block) ? shortcut(block) : identity), relu);
}

/**
 * The block with batch normalisation and ReLU before each convolution, and nothing after the
 * addition (arXiv 1603.05027).
 *
 * The first block of each stage activates before the paths split; the paper says so of the very
 * first. Where the shape changes, a 1 × 1 convolution is the shortcut.
 */
export function preactivationBlock(block: BlockShape): Layer {
  const { name, inputs, outputs, stride, first } = block;
  const activation = sequence(batchNormalisation(`${name}.bn1`, inputs), relu);
  const branch = sequence(
    plainConvolution(`${name}.conv1`, 3, inputs, outputs, stride),
    batchNormalisation(`${name}.bn2`, outputs),
    relu,
    plainConvolution(`${name}.conv2`, 3, outputs, outputs),
  );
  if (!first) return residual(sequence(activation, branch), identity);
  const shortcut = changesShape(block)
    ? plainConvolution(`${name}.shortcut`, 1, inputs, outputs, stride)
    : identity;
  return sequence(activation, residual(branch, shortcut));
}

/**
 * `layer1.0`, `layer1.1`, …, `layer2.0`, …: stages of blocks; each stage after the first starts
 * with stride 2.
 */
export function stages(
  inputs: number,
  widths: readonly number[],
  depths: readonly number[],
  make: (block: BlockShape) => Layer,
): Layer {
  const blocks = widths.flatMap((outputs, stage) =>
    Array.from({ length: depths[stage]! }, (_, i) => {
      const first = i === 0;
      return make({
        name: `layer${stage + 1}.${i}`,
        inputs: first ? (widths[stage - 1] ?? inputs) : outputs,
        outputs,
        stride: first && stage > 0 ? 2 : 1,
        first,
      });
    }),
  );
  return sequence(...blocks);
}
