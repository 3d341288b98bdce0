// What the tests of convolutions on several backends share: paddings, and any small problem.
import fc from "fast-check";

/** tfjs's explicit padding. */
export type ExplicitPad = [[0, 0], [number, number], [number, number], [0, 0]];

export const pads = (top: number, bottom: number, left: number, right: number): ExplicitPad => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
];

type Shape = [number, number, number, number];

/** A convolution of images `[n, h, w, c]` with a filter `[kh, kw, c, d]` that fits the padded images. */
export interface Convolution {
  readonly x: Shape;
  readonly filter: Shape;
  readonly strides: [number, number];
  readonly pad: "same" | "valid" | ExplicitPad;
}

/** Small images and filters, with any stride and padding. */
export function smallConvolutions({
  maxSide = 7,
  channels = fc.integer({ min: 1, max: 3 }),
}: {
  readonly maxSide?: number;
  readonly channels?: fc.Arbitrary<number>;
} = {}): fc.Arbitrary<Convolution> {
  const side = fc.integer({ min: 1, max: maxSide });
  const small = fc.integer({ min: 1, max: 3 });
  const zeros = fc.integer({ min: 0, max: 3 });
  const explicit = fc.tuple(zeros, zeros, zeros, zeros).map((p) => pads(...p));
  return fc
    .record({
      size: fc.tuple(small, side, side),
      filter: fc.tuple(small, small, channels, channels),
      strides: fc.tuple(small, small),
      pad: fc.oneof(fc.constantFrom("same" as const, "valid" as const), explicit),
    })
    .filter(({ size: [, h, w], filter: [kh, kw], pad }) => {
      const [, rows, columns] = typeof pad === "string" ? pads(0, 0, 0, 0) : pad;
      const fits = h + rows[0] + rows[1] >= kh && w + columns[0] + columns[1] >= kw;
      return pad === "same" || fits;
    })
    .map(({ size, filter, ...rest }) => ({ x: [...size, filter[2]], filter, ...rest }));
}
