import { methods } from "@sd/trainer-gpu";
import { describe, expect, it } from "vitest";
import { type JsonSchema, jsonSchemaOf } from "../../src/config/json-schema.ts";
import { parseMethod } from "../../src/config/method-schema.ts";
import { runSchema } from "../../src/config/run-schema.ts";
import { studySchema } from "../../src/config/study-schema.ts";

describe("the schema of methods", () => {
  it.each(Object.keys(methods))("gives %s the defaults that the trainer gives it", (name) => {
    const { name: own, ...options } = parseMethod({ name });
    expect([own, options]).toEqual([name, methods[name]!().options]);
  });
});

/** The settings below a schema that have no description, by their path. */
function undescribed(schema: JsonSchema, path: string): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => [
    ...(inner.description || inner.const !== undefined ? [] : [`${path}.${name}`]),
    ...undescribed(inner, `${path}.${name}`),
  ]);
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const inner = [...branches, ...(schema.items ? [schema.items] : [])];
  return [...own, ...inner.flatMap((one) => undescribed(one, path))];
}

describe.each([
  ["run", runSchema],
  ["study", studySchema],
] as const)("the JSON Schema of a %s", (_, schema) => {
  it("describes every setting", () => {
    expect(undescribed(jsonSchemaOf(schema), "")).toEqual([]);
  });

  it("asks for no setting that has a default", () => {
    const { required } = jsonSchemaOf(schema) as { required: string[] };
    for (const name of ["optimizer", "schedule", "augment", "seed", "seeds", "batchSize"]) {
      expect(required).not.toContain(name);
    }
  });
});
