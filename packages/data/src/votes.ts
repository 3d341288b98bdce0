import { checkNumber } from "@sd/math";
import { DataError } from "./error.ts";
import { readBytes } from "./read-bytes.ts";

/** How often people named each class of each image. */
export interface Votes {
  /** `[n, k]`, row-major. */
  readonly votes: Uint8Array;
  readonly shape: readonly [n: number, k: number];
}

/**
 * Reads people's votes from a file of one byte a class and image, such as CIFAR-10H's counts.
 *
 * `softLabelsFromVotes` of `@sd/priors` makes soft labels of them.
 *
 * @param path - Rows of `classes` bytes and nothing else; gzip is recognised.
 * @throws {@link DataError} if the last row is not whole, or a row has no vote.
 *
 * Reference: Peterson et al. 2019, arXiv 1908.07086.
 */
export async function readVotes(
  path: string,
  { classes }: { readonly classes: number },
): Promise<Votes> {
  checkNumber("readVotes", "classes", classes, { min: 1, integer: true });
  const votes = Uint8Array.from(await readBytes(path));
  const rest = votes.length % classes;
  if (rest !== 0) {
    const problem = `expected rows of ${classes} votes, got ${rest} bytes after the last`;
    throw new DataError(path, votes.length - rest, problem);
  }
  for (let at = 0; at < votes.length; at += classes) {
    if (votes.subarray(at, at + classes).some((count) => count > 0)) continue;
    throw new DataError(path, at, "expected a vote in every row, got none");
  }
  return { votes, shape: [votes.length / classes, classes] };
}
