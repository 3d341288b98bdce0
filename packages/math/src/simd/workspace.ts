// The memory of the WebAssembly module, laid out for one batch.
import type { FloatArray, IntegerArray } from "../types.ts";
import type { WasmMemory } from "./web-assembly.ts";

const PAGE = 65_536;

/** Largest n · k that the workspace takes: for every k its regions then lie within 32 bits. */
export const MAXIMUM_SIZE: number = 2 ** 26;

/**
 * One linear memory, grown on demand and never shrunk, into which a kernel's inputs are copied and
 * out of which its results are.
 *
 * The layout depends on n and k only, so a batch of the shape of the last one allocates nothing.
 * Growing the memory detaches the views of it, which are made anew.
 */
export class Workspace {
  readonly #memory: WasmMemory;
  readonly #base: number;
  #n = -1;
  #k = -1;
  /** Addresses of the regions: two float64 scratch rows, the columns [n], the matrices [n, k]. */
  row = 0;
  secondRow = 0;
  values = 0;
  weights = 0;
  scales = 0;
  logits = 0;
  targets = 0;
  labels = 0;
  #valuesView = new Float64Array(0);
  #weightsView = new Float64Array(0);
  #scalesView = new Float64Array(0);
  #logitsView = new Float32Array(0);
  #targetsView = new Float32Array(0);
  #labelsView = new Int32Array(0);

  /** @param base - The first free address of the memory. */
  constructor(memory: WasmMemory, base: number) {
    this.#memory = memory;
    this.#base = 16 * Math.ceil(base / 16);
  }

  /** Makes room for n rows of k classes. */
  reserve(n: number, k: number): void {
    if (n === this.#n && k === this.#k) return;
    const rowBytes = 16 * Math.ceil(k / 2);
    this.row = this.#base;
    this.secondRow = this.row + rowBytes;
    this.values = this.secondRow + rowBytes;
    this.weights = this.values + 8 * n;
    this.scales = this.weights + 8 * n;
    this.logits = this.scales + 8 * n;
    this.targets = this.logits + 4 * n * k;
    this.labels = this.targets + 4 * n * k;
    this.#grow(this.labels + 4 * n);
    const { buffer } = this.#memory;
    this.#valuesView = new Float64Array(buffer, this.values, n);
    this.#weightsView = new Float64Array(buffer, this.weights, n);
    this.#scalesView = new Float64Array(buffer, this.scales, n);
    this.#logitsView = new Float32Array(buffer, this.logits, n * k);
    this.#targetsView = new Float32Array(buffer, this.targets, n * k);
    this.#labelsView = new Int32Array(buffer, this.labels, n);
    this.#n = n;
    this.#k = k;
  }

  #grow(bytes: number): void {
    const missing = Math.ceil((bytes - this.#memory.buffer.byteLength) / PAGE);
    if (missing > 0) this.#memory.grow(missing);
  }

  putLogits(logits: FloatArray): void {
    fill(this.#logitsView, logits);
  }

  putTargets(targets: FloatArray): void {
    fill(this.#targetsView, targets);
  }

  putLabels(labels: IntegerArray): void {
    for (let i = 0; i < this.#n; i++) this.#labelsView[i] = labels[i]!;
  }

  /** Weights of the values and, times the cotangent, of the gradient rows; null stands for ones. */
  putWeights(weights: FloatArray | null, cotangent: FloatArray | null): void {
    for (let i = 0; i < this.#n; i++) {
      const weight = weights === null ? 1 : weights[i]!;
      this.#weightsView[i] = weight;
      this.#scalesView[i] = cotangent === null ? weight : weight * cotangent[i]!;
    }
  }

  takeValues(out: FloatArray): void {
    for (let i = 0; i < this.#n; i++) out[i] = this.#valuesView[i]!;
  }

  /** The integers [n] that a kernel left where the labels were. */
  takeLabels(out: Uint8Array): void {
    for (let i = 0; i < this.#n; i++) out[i] = this.#labelsView[i]!;
  }

  /** The matrix [n, k] that a kernel left where the logits were. */
  takeMatrix(out: FloatArray): void {
    out.set(this.#logitsView);
  }
}

function fill(view: Float32Array, source: FloatArray): void {
  view.set(source.length > view.length ? source.subarray(0, view.length) : source);
}
