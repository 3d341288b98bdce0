import { type KnownDataset, type KnownFile, sha256 } from "./known-dataset.ts";

const KRIZHEVSKY =
  "Alex Krizhevsky, Learning multiple layers of features from tiny images, technical report, University of Toronto, 2009.";

const cifar10File = (name: string, digest: string): KnownFile => ({
  name,
  bytes: 30_730_000,
  digest: sha256(digest),
});

// tensorflow/datasets url_checksums/cifar10.txt (size, archive), torch-rb torchvision cifar10.rb (files).
export const CIFAR10: KnownDataset = {
  title: "CIFAR-10",
  address: "https://www.cs.toronto.edu/~kriz/",
  downloads: [
    {
      name: "cifar-10-binary.tar.gz",
      bytes: 170_052_171,
      digest: sha256("c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
      gzip: false,
    },
  ],
  folder: "cifar-10-batches-bin",
  files: [
    cifar10File(
      "data_batch_1.bin",
      "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
    ),
    cifar10File(
      "data_batch_2.bin",
      "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
    ),
    cifar10File(
      "data_batch_3.bin",
      "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
    ),
    cifar10File(
      "data_batch_4.bin",
      "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
    ),
    cifar10File(
      "data_batch_5.bin",
      "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
    ),
    cifar10File(
      "test_batch.bin",
      "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
    ),
  ],
  classNames: [
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
  ],
  licence: "none stated",
  citation: KRIZHEVSKY,
};

// tensorflow/datasets url_checksums/cifar100.txt (size, archive), torch-rb torchvision cifar100.rb (files).
export const CIFAR100: KnownDataset = {
  title: "CIFAR-100",
  address: "https://www.cs.toronto.edu/~kriz/",
  downloads: [
    {
      name: "cifar-100-binary.tar.gz",
      bytes: 168_513_733,
      digest: sha256("58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"),
      gzip: false,
    },
  ],
  folder: "cifar-100-binary",
  files: [
    {
      name: "train.bin",
      bytes: 153_700_000,
      digest: sha256("f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29"),
    },
    {
      name: "test.bin",
      bytes: 30_740_000,
      digest: sha256("d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a"),
    },
  ],
  licence: "none stated",
  citation: KRIZHEVSKY,
};
