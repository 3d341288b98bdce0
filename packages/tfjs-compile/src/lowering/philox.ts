// TensorFlow's stateless random numbers in JavaScript: Philox-4×32-10 of Salmon, Moraes, Dror and Shaw,
// *Parallel random numbers: as easy as 1, 2, 3*, 2011, whose key and counter are made from the seed.

type Words = [number, number, number, number];

const [MULTIPLIER_A, MULTIPLIER_B] = [0xd2511f53, 0xcd9e8d57] as const;
const [WEYL_A, WEYL_B] = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;
/** The key under which TensorFlow scrambles a seed. */
const SCRAMBLE = [0x3ec8f720, 0x02461e29] as const;

/** The upper 32 bits of the product of two words. */
function high(a: number, b: number): number {
  const [a1, a0, b1, b0] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const low = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(low / 0x10000)) >>> 0;
}

/** Four random words from a counter under a key. */
function philox([c0, c1, c2, c3]: Words, [k0, k1]: readonly [number, number]): Words {
  for (let round = 0; round < ROUNDS; round++) {
    const [ka, kb] = [(k0 + Math.imul(round, WEYL_A)) >>> 0, (k1 + Math.imul(round, WEYL_B)) >>> 0];
    const a = (high(MULTIPLIER_B, c2) ^ c1 ^ ka) >>> 0;
    const b = (high(MULTIPLIER_A, c0) ^ c3 ^ kb) >>> 0;
    [c0, c1, c2, c3] = [a, Math.imul(MULTIPLIER_B, c2) >>> 0, b, Math.imul(MULTIPLIER_A, c0) >>> 0];
  }
  return [c0, c1, c2, c3];
}

/** In [0, 1): the lower 23 bits of a word. */
const toFloat = (word: number): number => (word & 0x7fffff) / 0x800000;

/** Four words after four for a seed of two 32-bit integers, until `size` numbers are made of them. */
function generate(
  size: number,
  [first, second]: ArrayLike<number> & Iterable<number>,
  make: (words: Words) => Words,
): Float32Array {
  const sign = (x: number): number => (x < 0 ? 0xffffffff : 0);
  const seed: Words = [first! >>> 0, sign(first!), second! >>> 0, sign(second!)];
  const [k0, k1, c2, c3] = philox(seed, SCRAMBLE);
  const numbers = new Float32Array(size);
  for (let group = 0; 4 * group < size; group++) {
    const four = make(philox([group, 0, c2, c3], [k0, k1]));
    for (let i = 0; i < 4 && 4 * group + i < size; i++) numbers[4 * group + i] = four[i]!;
  }
  return numbers;
}

/** `size` numbers uniform in [0, 1). */
export const philoxUniform = (size: number, seed: Int32Array): Float32Array =>
  generate(size, seed, (words) => words.map(toFloat) as Words);

/** `size` standard normal numbers, by Box and Muller. */
export const philoxNormal = (size: number, seed: Int32Array): Float32Array =>
  generate(size, seed, ([a, b, c, d]) => [...pair(a, b), ...pair(c, d)]);

/** Two normal numbers from two words; logarithms of 0 are kept away. */
function pair(a: number, b: number): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(Math.max(toFloat(a), 1e-7)));
  const angle = 2 * Math.PI * toFloat(b);
  return [radius * Math.sin(angle), radius * Math.cos(angle)];
}
