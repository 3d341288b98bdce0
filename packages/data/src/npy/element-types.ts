/** The arrays that elements of a .npy file are read into. */
export type NpyData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** How the elements of a type are read. */
export interface ElementType {
  readonly bytes: number;
  /** From aligned bytes in this machine's order. */
  read(buffer: ArrayBuffer): NpyData;
}

/** The value of a half float's bits (IEEE 754 binary16). */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** By NumPy's kind and width, without the byte order. */
export const ELEMENT_TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["b1", { bytes: 1, read: (buffer) => new Uint8Array(buffer).map((byte) => Number(byte !== 0)) }],
  ["u1", { bytes: 1, read: (buffer) => new Uint8Array(buffer) }],
  ["i1", { bytes: 1, read: (buffer) => new Int8Array(buffer) }],
  ["u2", { bytes: 2, read: (buffer) => new Uint16Array(buffer) }],
  ["i2", { bytes: 2, read: (buffer) => new Int16Array(buffer) }],
  ["u4", { bytes: 4, read: (buffer) => new Uint32Array(buffer) }],
  ["i4", { bytes: 4, read: (buffer) => new Int32Array(buffer) }],
  ["u8", { bytes: 8, read: (buffer) => new BigUint64Array(buffer) }],
  ["i8", { bytes: 8, read: (buffer) => new BigInt64Array(buffer) }],
  ["f2", { bytes: 2, read: (buffer) => Float32Array.from(new Uint16Array(buffer), halfToNumber) }],
  ["f4", { bytes: 4, read: (buffer) => new Float32Array(buffer) }],
  ["f8", { bytes: 8, read: (buffer) => new Float64Array(buffer) }],
]);

/** NumPy's name of a typed array's elements, little-endian. */
export const DESCRIPTIONS: ReadonlyMap<string, string> = new Map([
  ["Uint8Array", "|u1"],
  ["Int8Array", "|i1"],
  ["Uint16Array", "<u2"],
  ["Int16Array", "<i2"],
  ["Uint32Array", "<u4"],
  ["Int32Array", "<i4"],
  ["BigUint64Array", "<u8"],
  ["BigInt64Array", "<i8"],
  ["Float32Array", "<f4"],
  ["Float64Array", "<f8"],
]);
