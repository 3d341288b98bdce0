import type { Recording } from "./recording.ts";

/** Recordings by signature, as many as are kept; the least recently used goes first. */
export class Recordings {
  readonly #most: number;
  #bySignature = new Map<string, Recording>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#bySignature.size;
  }

  all(): Recording[] {
    return [...this.#bySignature.values()];
  }

  /** The recording of a signature, which counts as used. */
  get(key: string): Recording | undefined {
    const known = this.#bySignature.get(key);
    if (known === undefined) return undefined;
    this.#bySignature.delete(key);
    this.#bySignature.set(key, known);
    return known;
  }

  /** Adds a recording if `build`, which runs when it is among them, does not throw. */
  add(key: string, recording: Recording, build: () => void): void {
    const before = this.#bySignature;
    const kept = [...before].slice(Math.max(0, before.size - this.#most + 1));
    this.#bySignature = new Map([...kept, [key, recording]]);
    try {
      build();
    } catch (error) {
      this.#bySignature = before;
      throw error;
    }
  }

  clear(): void {
    this.#bySignature.clear();
  }
}
