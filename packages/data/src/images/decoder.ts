// JPEG, PNG and WebP to RGB bytes. sharp is loaded when the first image is decoded: who reads none does not pay for it.
import { checkNumber, DomainError } from "@sd/math";
import type { Sharp, SharpOptions } from "sharp";
import { DataError } from "../error.ts";

/** How an image is interpolated where it is resized; sharp's names. */
export type ResizeKernel = "nearest" | "linear" | "cubic" | "mitchell" | "lanczos2" | "lanczos3";

/** What images are made to be. */
export interface DecodeOptions {
  /**
   * The side of a square, or height and width: the image is scaled to cover it and cut off alike on both sides.
   * @defaultValue the images' own size, which then is that of all
   */
  readonly size?: number | readonly [h: number, w: number];
  /** @defaultValue "lanczos3" */
  readonly kernel?: ResizeKernel;
  /** What lies behind transparent pixels, bytes. @defaultValue black */
  readonly background?: readonly [r: number, g: number, b: number];
}

/** The options as they are used. */
export interface Decoding {
  readonly size: readonly [h: number, w: number] | undefined;
  readonly kernel: ResizeKernel;
  readonly background: readonly [r: number, g: number, b: number];
}

/** One image, `[h, w, 3]`. */
export interface DecodedImage {
  readonly pixels: Uint8Array;
  readonly size: readonly [h: number, w: number];
}

const KERNELS: readonly ResizeKernel[] = [
  "nearest",
  "linear",
  "cubic",
  "mitchell",
  "lanczos2",
  "lanczos3",
];

const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to));

/** By its first bytes: a name proves nothing, and the decoder would take other formats as well. */
const isImage = (bytes: Uint8Array): boolean =>
  ascii(bytes, 0, 3) === "\xff\xd8\xff" ||
  ascii(bytes, 0, 8) === "\x89PNG\r\n\x1a\n" ||
  (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WEBP");

/** Fails unless the options can be used, and fills in those that are not given. */
export function checkDecoding(functionName: string, options: DecodeOptions): Decoding {
  const { size, kernel = "lanczos3", background = [0, 0, 0] } = options;
  const sides = typeof size === "number" ? ([size, size] as const) : size;
  for (const side of sides ?? []) {
    checkNumber(functionName, "size", side, { min: 1, max: 16_384, integer: true });
  }
  if (!KERNELS.includes(kernel)) {
    throw new DomainError(functionName, "kernel", `to be one of ${KERNELS}, got ${kernel}`);
  }
  if (background.length !== 3) {
    const got = `got ${background.length} values`;
    throw new DomainError(functionName, "background", `to be red, green and blue, ${got}`);
  }
  for (const value of background) {
    checkNumber(functionName, "background", value, { min: 0, max: 255, integer: true });
  }
  return { size: sides, kernel, background };
}

// Profiles are left alone, as PyTorch's usual loader does it. A damaged image is an error, not a grey one.
const INPUT: SharpOptions = { failOn: "warning", ignoreIcc: true };

function pipeline(image: Sharp, { size, kernel, background: [r, g, b] }: Decoding): Sharp {
  const upright = image.autoOrient().flatten({ background: { r, g, b } });
  const sized = size
    ? upright.resize({
        height: size[0],
        width: size[1],
        fit: "cover",
        kernel,
        // Would let the JPEG decoder halve the image by a filter of its own.
        fastShrinkOnLoad: false,
      })
    : upright;
  return sized.toColourspace("srgb").raw();
}

/**
 * Decodes one image: turned as its EXIF data say, without transparency, grey expanded to three channels.
 *
 * @param file - What a message calls it.
 * @throws {@link DataError} unless it is a sound JPEG, PNG or WebP.
 */
export async function decodeImage(
  bytes: Uint8Array,
  file: string,
  decoding: Decoding,
): Promise<DecodedImage> {
  if (!isImage(bytes)) throw new DataError(file, 0, "expected a JPEG, PNG or WebP image");
  const { default: sharp } = await import("sharp");
  try {
    const { data, info } = await pipeline(sharp(bytes, INPUT), decoding).toBuffer({
      resolveWithObject: true,
    });
    if (info.channels !== 3) throw new Error(`${info.channels} channels after decoding`);
    return { pixels: data, size: [info.height, info.width] };
  } catch (cause) {
    const [first] = (cause as Error).message.split("\n");
    throw new DataError(file, undefined, `expected a sound image: ${first}`, { cause });
  }
}

/**
 * What decodes images here, for a run's manifest: other versions may round pixels otherwise.
 *
 * @returns Such as `"sharp 0.35.5, libvips 8.18.3"`.
 */
export async function imageDecoder(): Promise<string> {
  const { default: sharp } = await import("sharp");
  return `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;
}
