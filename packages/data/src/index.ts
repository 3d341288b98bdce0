export type { ArchiveLimits } from "./archive/limits.ts";
export { type UnpackOptions, unpackArchive } from "./archive/unpack-archive.ts";
export type {
  Augment,
  ImageAugmentation,
  ImageSize,
  Mixing,
  RecordedOption,
} from "./augment/augmentation.ts";
export { centerCrop } from "./augment/center-crop.ts";
export { cutMix } from "./augment/cutmix.ts";
export { type CutoutOptions, cutout } from "./augment/cutout.ts";
export type { Fill } from "./augment/fill.ts";
export { horizontalFlip } from "./augment/horizontal-flip.ts";
export { mixup } from "./augment/mixup.ts";
export { type RandomCropOptions, randomCrop } from "./augment/random-crop.ts";
export { type RandomResizedCropOptions, randomResizedCrop } from "./augment/random-resized-crop.ts";
export { resize } from "./augment/resize.ts";
export type { Batch, BatchSource, Pixels, PixelsOf } from "./batch.ts";
export { type CifarOptions, readCifar } from "./cifar.ts";
export { type IdxDatasetOptions, type ImageDataset, readIdxDataset, subset } from "./dataset.ts";
export { DownloadError, type DownloadErrorCode } from "./download/download-error.ts";
export type { DownloadOptions, DownloadProgress } from "./download/download-file.ts";
export { ArchiveError, DataError } from "./error.ts";
export { type IdxArray, type IdxData, readIdx } from "./idx.ts";
export {
  type DecodedImage,
  type DecodeOptions,
  imageDecoder,
  type ResizeKernel,
} from "./images/decoder.ts";
export { readImage } from "./images/read-image.ts";
export {
  type ImageFolderDataset,
  type ImageFolderOptions,
  readImageFolder,
} from "./images/read-image-folder.ts";
export { readTinyImageNet, type TinyImageNetOptions } from "./images/read-tiny-imagenet.ts";
export { checkDataset, type DatasetCheck } from "./known/check-dataset.ts";
export { type FetchedDataset, type GetDatasetOptions, getDataset } from "./known/get-dataset.ts";
export { type DatasetName, datasetNames } from "./known/known-datasets.ts";
export { type OpenDatasetOptions, type OpenedDataset, openDataset } from "./known/open-dataset.ts";
export { type LabelColumnOptions, readLabelColumn } from "./label-column.ts";
export { Loader } from "./loader.ts";
export type { LoaderOptions } from "./loader-options.ts";
export {
  type AsymmetricNoiseOptions,
  asymmetricNoise,
  givenNoise,
  type NoisyLabels,
  type SymmetricNoiseOptions,
  symmetricNoise,
} from "./noise.ts";
export type { NpyData } from "./npy/element-types.ts";
export { type NpyArray, readNpy } from "./npy/read-npy.ts";
export { type NpyDatasetOptions, readNpyDataset } from "./npy/read-npy-dataset.ts";
export { writeNpy } from "./npy/write-npy.ts";
export { PrefetchError } from "./prefetch/prefetch-error.ts";
export { PrefetchLoader, type PrefetchOptions } from "./prefetch/prefetch-loader.ts";
export { withSharedImages } from "./shared-images.ts";
export { withLabelTargets } from "./soft-labels.ts";
export { type SplitOptions, stratifiedSplit } from "./split.ts";
export { type ChannelStatistics, channelStatistics } from "./statistics.ts";
export { readVotes, type Votes } from "./votes.ts";
