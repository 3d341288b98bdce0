// The text of a configuration: its values, and where each of them stands.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
} from "yaml";
import { UsageError } from "../errors.ts";

/** The names and indices that lead to a value. */
export type Path = readonly (string | number)[];

/** A place in a file, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Raised for a configuration that cannot be used; its message has a line for each problem. */
export class ConfigError extends UsageError {
  override readonly name = "ConfigError";
}

/** How often aliases may repeat what they stand for: enough for every honest file. */
const MAX_ALIASES = 100;

/** A configuration's text, parsed. */
export class Source {
  /** What the file is called in messages. */
  readonly file: string;
  /** Plain values: objects, lists, texts, numbers, booleans, null. */
  readonly value: unknown;
  readonly #document: Document.Parsed<ParsedNode>;
  readonly #lines: LineCounter;

  /** @throws {@link ConfigError} with line and column, where the text is no YAML, or its aliases explode. */
  constructor(file: string, text: string) {
    this.file = file;
    this.#lines = new LineCounter();
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      // Its warnings would go to standard error by themselves.
      logLevel: "error",
      uniqueKeys: true,
      // Numbers, texts and the like; no tag that would make anything else of them.
      schema: "core",
    });
    const [fault] = this.#document.errors;
    if (fault !== undefined) throw this.#error(fault.pos[0], fault.message);
    try {
      this.value = this.#document.toJS({ maxAliasCount: MAX_ALIASES });
    } catch (error) {
      throw this.#error(0, (error as Error).message);
    }
  }

  #error(offset: number, problem: string): ConfigError {
    const { line, column } = this.#placeOf(offset);
    return new ConfigError(`${this.file}:${line}:${column}: ${problem}`);
  }

  #placeOf(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** Where the value at `path` stands, or what is nearest above it. */
  placeOf(path: Path): Place {
    const { found } = this.#follow(path);
    return this.#placeOf(found?.range?.[0] ?? 0);
  }

  /** Where the name of the setting at `path` stands. */
  placeOfName(path: Path): Place {
    const { found, whole } = this.#follow(path.slice(0, -1));
    const name = path.at(-1);
    if (whole && isMap(found)) {
      const pair = found.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(name),
      );
      const range = (pair?.key as Node | undefined)?.range;
      if (range) return this.#placeOf(range[0]);
    }
    return this.placeOf(path);
  }

  /** Goes down from the top as far as the path leads. */
  #follow(path: Path): { found: Node | null; whole: boolean } {
    const resolve = (node: unknown): Node | null =>
      isAlias(node) ? (node.resolve(this.#document) ?? null) : (node as Node | null);
    let found = resolve(this.#document.contents);
    for (const name of path) {
      const inside: unknown = isMap(found) || isSeq(found) ? found.get(name, true) : undefined;
      if (inside === undefined || inside === null) return { found, whole: false };
      // An alias stands where it is used, not where it points.
      if (isAlias(inside) && name === path.at(-1)) return { found: inside, whole: true };
      found = resolve(inside);
    }
    return { found, whole: true };
  }
}
