// Things that are chosen by name and may have options: `cutout`, or `{ name: cutout, size: 8 }`.
import { z } from "zod";

/** The options of each thing by its name. */
export type OptionTable = Readonly<Record<string, z.ZodRawShape>>;

/** A thing with all its options, as a configuration holds it once it is resolved. */
export interface Named {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** One object for each name, told apart by it; without a name it is `fallback`'s. */
export function namedObject(table: OptionTable, fallback?: string): z.ZodType<Named> {
  const objects = Object.entries(table).map(([name, options]) => {
    const literal = z.literal(name);
    return z.strictObject({
      name: name === fallback ? literal.default(name) : literal,
      ...options,
    });
  });
  return z.discriminatedUnion("name", objects as never) as unknown as z.ZodType<Named>;
}

/** A name alone, or an object with it and options; the result is always the object with all defaults. */
export function named(
  table: OptionTable,
  description: string,
  fallback?: string,
): z.ZodType<Named> {
  const object = namedObject(table, fallback);
  const name = z.enum(Object.keys(table)).transform((name) => object.parse({ name }));
  return z.union([name, object]).meta({ description }) as unknown as z.ZodType<Named>;
}

const described = <T>(schema: z.ZodType<T>, description: string): z.ZodType<T> =>
  schema.meta({ description });

/** Options in few words: what they may be, their default, what they mean. */
export const option = {
  number: (
    range: {
      readonly min?: number;
      readonly max?: number;
      readonly above?: number;
      readonly below?: number;
    },
    fallback: number,
    description: string,
  ): z.ZodType<number> => {
    const { min, max, above, below } = range;
    let schema = z.number();
    if (min !== undefined) schema = schema.min(min);
    if (max !== undefined) schema = schema.max(max);
    if (above !== undefined) schema = schema.gt(above);
    if (below !== undefined) schema = schema.lt(below);
    return described(schema.default(fallback), description);
  },
  count: (min: number, fallback: number, description: string): z.ZodType<number> =>
    described(z.int().min(min).default(fallback), description),
  choice: (values: readonly [string, ...string[]], description: string): z.ZodType<string> =>
    described(z.enum(values).default(values[0]), description),
  flag: (fallback: boolean, description: string): z.ZodType<boolean> =>
    described(z.boolean().default(fallback), description),
} as const;
