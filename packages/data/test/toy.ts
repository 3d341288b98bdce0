import type { ImageDataset } from "../src/index.ts";

/** n images of 2 × 1 pixels and c channels that count up byte by byte, labels 0, 1, 2, 0, … */
export function toyDataset(n: number, c = 1): ImageDataset {
  return {
    name: "toy",
    images: Uint8Array.from({ length: n * 2 * c }, (_, i) => i % 256),
    labels: Int32Array.from({ length: n }, (_, i) => i % 3),
    shape: [n, 2, 1, c],
    classes: 3,
    checksum: "",
  };
}

/** The bytes of an IDX file. */
export function idxBytes(type: number, shape: readonly number[], elements: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + elements.length);
  const view = new DataView(bytes.buffer);
  bytes[2] = type;
  bytes[3] = shape.length;
  shape.forEach((size, i) => void view.setUint32(4 + 4 * i, size));
  bytes.set(elements, 4 + 4 * shape.length);
  return bytes;
}
