// Okabe and Ito's colours, which colour-blind readers tell apart, in tones that stand out on white and on black alike.
const PALETTE = [
  "#3b87c8",
  "#d9822b",
  "#2a9d78",
  "#c765a0",
  "#8a7fd1",
  "#b39a1e",
  "#8c8c8c",
  "#c9504b",
];

/** A colour a method, in the order of the rows. */
export const colourOf = (index: number): string => PALETTE[index % PALETTE.length]!;

/** The colour of what holds after temperature scaling. */
export const SCALED_COLOUR = "#d9822b";

/** The colour of what holds as trained. */
export const PLAIN_COLOUR = "#3b87c8";
