// A document whose tables are written by a program and whose words by people.

const begin = (name: string): string => `<!-- ${name}: written by a program -->`;
const END = "<!-- end -->";

/** What the program writes, by the name of its place. */
export type Blocks = Readonly<Record<string, string>>;

/**
 * Puts each block where the document has its place; what stands outside of the places stays.
 *
 * @throws Error where the document has a place for a block that there is not, or a place without an end.
 */
export function fill(document: string, blocks: Blocks): string {
  const [first, ...parts] = document.split(/<!-- ([a-z0-9-]+): written by a program -->/);
  let text = first!;
  for (let i = 0; i < parts.length; i += 2) {
    const [name, rest] = [parts[i]!, parts[i + 1]!];
    const end = rest.indexOf(END);
    if (end < 0) throw new Error(`the place ${name} has no end: expected ${END}`);
    const block = blocks[name];
    if (block === undefined)
      throw new Error(
        `there is no block ${name}: expected one of ${Object.keys(blocks).join(", ")}`,
      );
    text += `${begin(name)}\n\n${block}\n\n${rest.slice(end)}`;
  }
  return text;
}

/** A document of the blocks alone, each in its place. */
export const plain = (title: string, blocks: Blocks): string =>
  [
    `# ${title}`,
    ...Object.entries(blocks).map(
      ([name, block]) => `## ${name}\n\n${begin(name)}\n\n${block}\n\n${END}`,
    ),
  ]
    .join("\n\n")
    .concat("\n");
