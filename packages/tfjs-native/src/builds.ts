// Which builds of TensorFlow the engine can stand on: every wheel of them, pinned byte for byte.
import { EngineError } from "./errors.ts";

/** A build of TensorFlow: for the processor alone, or for NVIDIA's GPUs as well. */
export type EngineFlavour = "cpu" | "cuda";

/** One pinned wheel. */
export interface Wheel {
  /** What pip is asked for: `"name==version"`. */
  readonly requirement: string;
  readonly sha256: string;
  /** The size of the download. */
  readonly bytes: number;
}

/** A flavour's wheels. They are unpacked into one folder, as Python's site-packages would hold them. */
export interface TensorFlowBuild {
  readonly flavour: EngineFlavour;
  readonly version: string;
  readonly wheels: readonly Wheel[];
  /** What the files that are kept take on disk. */
  readonly unpackedBytes: number;
}

const VERSION = "2.21.0";

const wheel = (requirement: string, bytes: number, sha256: string): Wheel => ({
  requirement,
  sha256,
  bytes,
});

// The CUDA libraries are what `pip install tensorflow[and-cuda]==2.21.0` takes on a system with glibc 2.27: the newest
// ones in that extra's ranges, CUDA 12.9. TensorFlow finds them beside itself by its own RUNPATH, `$ORIGIN/../nvidia/*/lib`.
const CUDA_LIBRARIES: readonly Wheel[] = [
  wheel(
    "nvidia-cublas-cu12==12.9.3.13",
    581_217_458,
    "d7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72",
  ),
  wheel(
    "nvidia-cuda-cupti-cu12==12.9.79",
    10_814_997,
    "096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f",
  ),
  wheel(
    "nvidia-cuda-nvcc-cu12==12.9.86",
    40_546_229,
    "5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0",
  ),
  wheel(
    "nvidia-cuda-nvrtc-cu12==12.9.86",
    89_568_129,
    "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4",
  ),
  wheel(
    "nvidia-cuda-runtime-cu12==12.9.79",
    3_493_179,
    "25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3",
  ),
  wheel(
    "nvidia-cudnn-cu12==9.28.0.42",
    716_538_495,
    "9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375",
  ),
  wheel(
    "nvidia-cufft-cu12==11.4.1.4",
    200_877_592,
    "c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28",
  ),
  wheel(
    "nvidia-curand-cu12==10.3.10.19",
    68_295_626,
    "49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e",
  ),
  wheel(
    "nvidia-cusolver-cu12==11.7.5.82",
    338_117_415,
    "15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88",
  ),
  wheel(
    "nvidia-cusparse-cu12==12.5.10.65",
    366_465_088,
    "73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78",
  ),
  wheel(
    "nvidia-nccl-cu12==2.32.3",
    351_526_311,
    "bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c",
  ),
  wheel(
    "nvidia-nvjitlink-cu12==12.9.86",
    39_748_338,
    "e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9",
  ),
];

/** The builds, by flavour. */
export const BUILDS: Readonly<Record<EngineFlavour, TensorFlowBuild>> = {
  cpu: {
    flavour: "cpu",
    version: VERSION,
    wheels: [
      wheel(
        `tensorflow-cpu==${VERSION}`,
        273_829_956,
        "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
      ),
    ],
    unpackedBytes: 853_868_899,
  },
  cuda: {
    flavour: "cuda",
    version: VERSION,
    wheels: [
      wheel(
        `tensorflow==${VERSION}`,
        572_440_367,
        "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
      ),
      ...CUDA_LIBRARIES,
    ],
    unpackedBytes: 5_658_153_404,
  },
};

/** The shared libraries of either build, in the order in which the addon links them. */
export const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"] as const;

/** The flavour that is asked for: by the option, else by `$SD_TENSORFLOW`; undefined where neither says. */
export function askedFlavour(cuda: boolean | undefined): EngineFlavour | undefined {
  if (cuda !== undefined) return cuda ? "cuda" : "cpu";
  const name = process.env.SD_TENSORFLOW;
  if (!name) return undefined;
  if (name === "cpu" || name === "cuda") return name;
  throw new EngineError("INVALID_ARGUMENT", `SD_TENSORFLOW is \`${name}\`: expected cpu or cuda`);
}
