import { type KnownDataset, md5 } from "./known-dataset.ts";

// ContinualAI/avalanche tiny_imagenet.py (address, md5). It is read from the archive.
const TINY_IMAGENET_ARCHIVE = {
  name: "tiny-imagenet-200.zip",
  bytes: 248_100_043,
  digest: md5("90528d7ca1a48142e341f4ef8d21d0de"),
};
export const TINY_IMAGENET: KnownDataset = {
  title: "Tiny-ImageNet",
  address: "http://cs231n.stanford.edu/",
  downloads: [{ ...TINY_IMAGENET_ARCHIVE, gzip: false }],
  files: [TINY_IMAGENET_ARCHIVE],
  licence: "non-commercial research, as ImageNet's images",
  citation: "Ya Le, Xuan Yang, Tiny ImageNet visual recognition challenge, Stanford CS 231N, 2015.",
};
