// JSON that says one thing twice.

const SPACE: ReadonlySet<string | undefined> = new Set([" ", "\t", "\n", "\r"]);

/** The index of the quote that ends the string which begins at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at;
}

/**
 * The first key that an object of `json` has twice, and where.
 *
 * JSON.parse keeps the last of two equal keys; a file that has two could mean either. The text is
 * valid JSON; it is scanned by hand, because a string may be longer than a regular expression can
 * step back over.
 */
export function duplicateKey(json: string): { key: string; index: number } | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    if (json[at] === "{") open.push(new Set());
    else if (json[at] === "}") open.pop();
    else if (json[at] === '"') {
      const index = at;
      at = endOfString(json, index);
      let next = at + 1;
      while (SPACE.has(json[next])) next++;
      if (json[next] !== ":") continue;
      const key = JSON.parse(json.slice(index, at + 1)) as string;
      if (open.at(-1)!.has(key)) return { key, index };
      open.at(-1)!.add(key);
    }
  }
  return undefined;
}
