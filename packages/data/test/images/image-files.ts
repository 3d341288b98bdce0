import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import sharp from "sharp";

/** A one-coloured PNG. */
export const plain = (grey: number, width = 2, height = 2): Promise<Buffer> =>
  sharp(new Uint8Array(width * height).fill(grey), { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();

/** Writes files below a folder, the folders around them too. */
export async function put(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}

/** Tiny-ImageNet's layout with two classes, two training images and one validation image each. */
export const tinyFiles = async (): Promise<Record<string, string | Uint8Array>> => ({
  "wnids.txt": "n02\nn01\n",
  "words.txt": "n00\tother\nn01\tcat\nn02\tdog, hound\n",
  "train/n01/images/n01_0.JPEG": await plain(10),
  "train/n01/images/n01_1.JPEG": await plain(11),
  "train/n01/n01_boxes.txt": "n01_0.JPEG\t0\t0\t1\t1\n",
  "train/n02/images/n02_0.JPEG": await plain(20),
  "train/n02/images/n02_1.JPEG": await plain(21),
  "val/images/val_0.JPEG": await plain(22),
  "val/images/val_1.JPEG": await plain(12),
  "val/val_annotations.txt": "val_1.JPEG\tn01\t0\t0\t1\t1\nval_0.JPEG\tn02\t0\t0\t1\t1\n",
});
