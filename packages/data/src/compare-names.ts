/** Orders names by code point, as Python's `sorted` does; JavaScript's own order is that of UTF-16. */
export const compareNames = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));
