import { batchNormalisation } from "./layers/batch-normalisation.ts";
import { plainConvolution } from "./layers/convolution.ts";
import { dense } from "./layers/dense.ts";
import { constant } from "./layers/initialisers.ts";
import { concatenated, type Layer, sequence } from "./layers/layer.ts";
import { averagePool, globalAveragePool, relu } from "./layers/stateless.ts";
import type { Model, ModelShape } from "./model.ts";
import { network } from "./network.ts";

const GROWTH = 12;
/** Channels between the two convolutions of a layer, in units of the growth. */
const BOTTLENECK = 4;
const BLOCKS = 3;
/**
 * Depth 100: three blocks of 16 layers of two convolutions, a convolution before, two transitions,
 * and the last layer.
 */
const LAYERS = 16;
const REDUCTION = 0.5;

/** Adds {@link GROWTH} channels, computed from all that are there. */
function denseLayer(name: string, inputs: number): Layer {
  const width = BOTTLENECK * GROWTH;
  return concatenated(
    sequence(
      batchNormalisation(`${name}.norm1`, inputs),
      relu,
      plainConvolution(`${name}.conv1`, 1, inputs, width),
      batchNormalisation(`${name}.norm2`, width),
      relu,
      plainConvolution(`${name}.conv2`, 3, width, GROWTH),
    ),
  );
}

/** Fewer channels at half the size. */
function transition(name: string, inputs: number, outputs: number): Layer {
  return sequence(
    batchNormalisation(`${name}.norm`, inputs),
    relu,
    plainConvolution(`${name}.conv`, 1, inputs, outputs),
    averagePool,
  );
}

/**
 * DenseNet-BC with depth 100, growth 12 and reduction 0.5: Huang, Liu, van der Maaten, Weinberger,
 * *Densely connected convolutional networks* (arXiv 1608.06993), without dropout. Convolutions are
 * N(0, 2 / fanOut) and the last bias is 0, as in the authors' code; the names are torchvision's,
 * but for the last normalisation, which is `features.norm_final`.
 */
export function densenetBc100x12(shape: ModelShape): Model {
  let channels = 2 * GROWTH;
  const layers: Layer[] = [plainConvolution("features.conv0", 3, shape.input[2], channels)];
  for (let block = 1; block <= BLOCKS; block++) {
    for (let i = 1; i <= LAYERS; i++) {
      layers.push(denseLayer(`features.denseblock${block}.denselayer${i}`, channels));
      channels += GROWTH;
    }
    if (block === BLOCKS) break;
    const fewer = Math.floor(channels * REDUCTION);
    layers.push(transition(`features.transition${block}`, channels, fewer));
    channels = fewer;
  }
  const body = sequence(
    ...layers,
    batchNormalisation("features.norm_final", channels),
    relu,
    globalAveragePool,
    dense("classifier", {
      inputs: channels,
      outputs: shape.classes,
      initialiseBias: constant(0),
    }),
  );
  return network("densenet-bc-100-12", shape, body);
}
