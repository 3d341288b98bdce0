// The header of a .npy file: a literal of Python, {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }, parsed as one.
import { DataError } from "../error.ts";

/** What the header says. */
export interface NpyHeader {
  /** NumPy's name of the type, such as `<f8`. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

type Literal = string | boolean | readonly number[];

// One pair of the dictionary; every value is a string, a boolean or a tuple of integers.
const PAIR =
  /\s*(?:'([^'\\]*)'|"([^"\\]*)")\s*:\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)|\(([\d\s,L]*)\))\s*/y;

/** The axes of a tuple as Python writes it: `(3, 4)`, `(3,)`, `()`. */
function parseTuple(text: string): number[] | undefined {
  const parts = text.split(",").map((part) => part.trim().replace(/L$/, ""));
  if (parts.at(-1) === "") parts.pop();
  else if (parts.length === 1) return undefined; // (3) is a number
  const axes = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN));
  return axes.every(Number.isSafeInteger) ? axes : undefined;
}

function parsePairs(text: string): ReadonlyMap<string, Literal> | undefined {
  const found = new Map<string, Literal>();
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (body === undefined) return undefined;
  for (let at = 0; body.slice(at).trim() !== ""; ) {
    PAIR.lastIndex = at;
    const match = PAIR.exec(body);
    if (match === null) return undefined;
    const [, key1, key2, text1, text2, truth, tuple] = match;
    const value = text1 ?? text2 ?? (truth ? truth === "True" : parseTuple(tuple!));
    if (value === undefined) return undefined;
    found.set((key1 ?? key2)!, value);
    at = PAIR.lastIndex;
    if (body[at] === ",") at++;
    else if (at < body.length) return undefined;
  }
  return found;
}

/** Parses the header's text, which begins at byte `offset` of the file. */
export function parseHeader(text: string, file: string, offset: number): NpyHeader {
  const pairs = parsePairs(text);
  const descr = pairs?.get("descr");
  const fortranOrder = pairs?.get("fortran_order");
  const shape = pairs?.get("shape");
  const isRight = typeof descr === "string" && typeof fortranOrder === "boolean";
  if (!isRight || typeof shape !== "object" || pairs?.size !== 3) {
    const got = JSON.stringify(text.trim().slice(0, 80));
    const problem = `expected 'descr', 'fortran_order' and 'shape' of a plain array, got ${got}`;
    throw new DataError(file, offset, problem);
  }
  return { descr, fortranOrder, shape };
}

/** The header of an array in this machine's layout, as NumPy writes it. */
export function formatHeader({ descr, shape }: Pick<NpyHeader, "descr" | "shape">): string {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  return `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
}
