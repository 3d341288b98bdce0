// The 128 bits that name a stream of draws, and how keys are absorbed into them.
import { philox4x32Into } from "./philox.ts";

const block: Uint32Array = new Uint32Array(4);
const float: Float64Array = new Float64Array(1);
const words: Uint32Array = new Uint32Array(float.buffer);

// Which kind of key follows, so that 1 and "1" lead to different streams.
const NUMBER = 1;
const STRING = 2;

/** Davies–Meyer with Philox as the cipher: `stream ← Philox_{word0, word1}(stream) XOR stream`. */
function absorb(stream: Uint32Array, word0: number, word1: number): void {
  philox4x32Into(block, stream, word0, word1);
  for (let j = 0; j < 4; j++) stream[j]! ^= block[j]!;
}

function absorbNumber(stream: Uint32Array, key: number): void {
  absorb(stream, NUMBER, 0);
  float[0] = key + 0; // −0 + 0 is 0: equal keys give equal streams.
  absorb(stream, words[0]!, words[1]!);
}

function absorbString(stream: Uint32Array, key: string): void {
  absorb(stream, STRING, key.length);
  const unit = (i: number): number => (i < key.length ? key.charCodeAt(i) : 0);
  for (let i = 0; i < key.length; i += 4) {
    absorb(stream, unit(i) | (unit(i + 1) << 16), unit(i + 2) | (unit(i + 3) << 16));
  }
}

/** The stream that `keys` lead to from `parent`, which is not changed. */
export function deriveStream(parent: Uint32Array, keys: readonly (number | string)[]): Uint32Array {
  const stream = parent.slice();
  for (const key of keys) {
    if (typeof key === "number") absorbNumber(stream, key);
    else absorbString(stream, key);
  }
  return stream;
}
