import { checkNumber } from "../checks.ts";
import { DomainError, TypeMismatchError } from "../errors.ts";
import { philox4x32Into } from "./philox.ts";
import { deriveStream } from "./stream.ts";

/** Everything that a generator is: plain JSON. */
export interface RngState {
  readonly algorithm: "philox4x32-10";
  /** The four 32-bit words that name the stream. */
  readonly stream: readonly [number, number, number, number];
  /** How many 32-bit words were drawn. */
  readonly position: number;
}

/** A seeded source of random bits. */
export interface Rng {
  /** The next 32 bits, an integer in [0, 2³²). */
  uint32(): number;
  /** The next double in [0, 1), a multiple of 2⁻⁵³; uses two words. */
  uniform(): number;
  /**
   * An independent generator at its start, named by this one's stream and `keys`.
   *
   * How much was drawn from this generator plays no part, and nothing is drawn from it:
   * `rng.fork(epoch, example)` is the same wherever and whenever it is asked for.
   * `fork(a, b)` equals `fork(a).fork(b)`.
   *
   * @param keys - Finite numbers or strings, at least one; 1 and "1" differ.
   * @throws {@link DomainError}, {@link TypeMismatchError}.
   */
  fork(...keys: readonly (number | string)[]): Rng;
  /**
   * Skips `count` 32-bit words in constant time.
   *
   * @param count - A non-negative integer.
   */
  jump(count: number): void;
  /** A snapshot for {@link rngFromState}. */
  state(): RngState;
}

const LIMIT = Number.MAX_SAFE_INTEGER;

class Philox implements Rng {
  readonly #stream: Uint32Array;
  readonly #counter: Uint32Array;
  readonly #block: Uint32Array = new Uint32Array(4);
  /** The index of the block that #block holds, if `#lane` < 4 or a block was drawn. */
  #next = 0;
  #lane = 4;

  constructor(stream: Uint32Array, position: number) {
    this.#stream = stream;
    // The key takes two words of the stream, the counter's upper half the other two.
    this.#counter = Uint32Array.of(0, 0, stream[2]!, stream[3]!);
    this.#seek(position);
  }

  #seek(position: number): void {
    this.#next = Math.floor(position / 4);
    this.#lane = 4;
    if (position % 4 > 0) {
      this.#refill();
      this.#lane = position % 4;
    }
  }

  #refill(): void {
    this.#counter[0] = this.#next % 2 ** 32;
    this.#counter[1] = Math.floor(this.#next / 2 ** 32);
    philox4x32Into(this.#block, this.#counter, this.#stream[0]!, this.#stream[1]!);
    this.#next++;
    this.#lane = 0;
  }

  get #position(): number {
    return 4 * (this.#next - 1) + this.#lane;
  }

  uint32(): number {
    if (this.#lane === 4) this.#refill();
    return this.#block[this.#lane++]!;
  }

  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 2 ** 26 + low) * 2 ** -53;
  }

  fork(...keys: readonly (number | string)[]): Rng {
    if (keys.length === 0) throw new DomainError("fork", "keys", "to be at least one, got none");
    for (const key of keys) {
      if (typeof key !== "string" && typeof key !== "number") {
        throw new TypeMismatchError("fork", "keys", `to be numbers or strings, got ${typeof key}`);
      }
      if (typeof key === "number") checkNumber("fork", "keys", key);
    }
    return new Philox(deriveStream(this.#stream, keys), 0);
  }

  jump(count: number): void {
    const position = this.#position;
    checkNumber("jump", "count", count, { min: 0, max: LIMIT - position, integer: true });
    this.#seek(position + count);
  }

  state(): RngState {
    const [a, b, c, d] = this.#stream;
    return { algorithm: "philox4x32-10", stream: [a!, b!, c!, d!], position: this.#position };
  }
}

/**
 * A generator for `seed`: Philox4x32-10, which is counter based, so that streams can be named
 * instead of being passed around.
 *
 * @param seed - Any safe integer.
 * @returns The generator at its start.
 * @throws {@link TypeMismatchError}, {@link DomainError} if `seed` is no safe integer.
 *
 * @example
 * ```ts
 * import { createRng, rngFromState } from "@sd/math/random";
 *
 * const rng = createRng(7).fork("augmentation", 3);
 * rng.uniform();
 * const copy = rngFromState(JSON.parse(JSON.stringify(rng.state())));
 * console.log(copy.uniform() === rng.uniform()); // true
 * ```
 */
export function createRng(seed: number): Rng {
  checkNumber("createRng", "seed", seed, { integer: true });
  return new Philox(deriveStream(new Uint32Array(4), [seed]), 0);
}

const isWord = (x: unknown): x is number =>
  typeof x === "number" && Number.isInteger(x) && x >= 0 && x < 2 ** 32;

/**
 * The generator that `state()` was asked of, where it then stood.
 *
 * @param state - A snapshot, also after a trip through JSON.
 * @returns A generator that continues the stream.
 * @throws {@link DomainError} if it is no such snapshot.
 */
export function rngFromState(state: RngState): Rng {
  const { algorithm, stream, position } = state;
  if (algorithm !== "philox4x32-10") {
    throw new DomainError(
      "rngFromState",
      "state.algorithm",
      `to be "philox4x32-10", got ${JSON.stringify(algorithm)}`,
    );
  }
  if (!Array.isArray(stream) || stream.length !== 4 || !stream.every(isWord)) {
    throw new DomainError("rngFromState", "state.stream", "to be four unsigned 32-bit integers");
  }
  checkNumber("rngFromState", "state.position", position, { min: 0, integer: true });
  return new Philox(Uint32Array.from(stream), position);
}
