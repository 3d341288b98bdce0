// The JSON Schema of a configuration, for editors, and for what may stand where.
import { z } from "zod";
import type { Path } from "./source.ts";

/** A JSON Schema, as far as it is walked here. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly description?: string;
  readonly type?: string;
}

/** What a file may say, defaults left out. */
export const jsonSchemaOf = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: "input", target: "draft-2020-12" }) as JsonSchema;

/** The kinds of object that a schema allows; those whose fixed fields contradict the value are left out. */
function objectsOf(schema: JsonSchema, value: unknown): JsonSchema[] {
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (branches.length > 0) return branches.flatMap((branch) => objectsOf(branch, value));
  if (schema.properties === undefined && schema.items === undefined) return [schema];
  const fields = (value ?? {}) as Record<string, unknown>;
  const fits = Object.entries(schema.properties ?? {}).every(
    ([name, field]) => field.const === undefined || field.const === fields[name],
  );
  return fits ? [schema] : [];
}

/** The names that the settings at `path` may have. */
export function namesAt(schema: JsonSchema, root: unknown, path: Path): string[] {
  let schemas = [schema];
  let value = root;
  for (const name of path) {
    schemas = schemas
      .flatMap((one) => objectsOf(one, value))
      .flatMap(({ properties, items, additionalProperties: rest }) => {
        if (typeof name === "number") return items ? [items] : [];
        return properties?.[name] ?? (typeof rest === "object" ? rest : []);
      });
    value = (value as Record<string, unknown> | undefined)?.[name];
  }
  const objects = schemas.flatMap((one) => objectsOf(one, value));
  return [...new Set(objects.flatMap(({ properties = {} }) => Object.keys(properties)))];
}
