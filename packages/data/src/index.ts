export { type CifarOptions, readCifar } from "./cifar.ts";
export { type IdxDatasetOptions, type ImageDataset, readIdxDataset, subset } from "./dataset.ts";
export { DataError } from "./error.ts";
export { type IdxArray, type IdxData, readIdx } from "./idx.ts";
export { type Batch, Loader, type LoaderOptions } from "./loader.ts";
export {
  type AsymmetricNoiseOptions,
  asymmetricNoise,
  type NoisyLabels,
  type SymmetricNoiseOptions,
  symmetricNoise,
} from "./noise.ts";
export { type SplitOptions, stratifiedSplit } from "./split.ts";
export { type ChannelStatistics, channelStatistics } from "./statistics.ts";
