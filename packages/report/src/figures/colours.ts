// Okabe and Ito's colours, which colour-blind readers tell apart, in tones that stand out on white and on black alike.
const PALETTE = [
  "#3b87c8",
  "#c9701c",
  "#2a9d78",
  "#c765a0",
  "#8a7fd1",
  "#9a8514",
  "#858585",
  "#c9504b",
] as const;

/** How many methods are told apart by colour. */
export const MOST_COLOURS: number = PALETTE.length;

/** A colour a method, in the order of the rows. */
export const colourOf = (index: number): string => PALETTE[index % PALETTE.length]!;

/** The colour of what holds after temperature scaling. */
export const SCALED_COLOUR = "#c9701c";

/** The colour of what holds as trained. */
export const PLAIN_COLOUR = "#3b87c8";
