// A graph loaded into TensorFlow, with the variables that live in it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GraphVariable, recordingGraph, variableGraph, variableNodes } from "./graph.ts";
import { savedModelBytes } from "./graph-def.ts";
import type { Binding, TensorMetadata } from "./node-backend.ts";
import type { Recording } from "./recording.ts";

/**
 * A session over the recordings it was made of. Its variables have no value until they are written.
 */
export class Session {
  readonly #binding: Binding;
  readonly #id: number;
  /** What a recording is fed and gives, names joined by commas as the binding takes them. */
  readonly #endpoints = new Map<Recording, { readonly feeds: string; readonly fetches: string }>();
  readonly nodes: number;

  constructor(
    binding: Binding,
    variables: readonly GraphVariable[],
    recordings: readonly Recording[],
  ) {
    this.#binding = binding;
    const nodes = variableGraph(variables);
    for (const [i, recording] of recordings.entries()) {
      const part = recordingGraph(`g${i}`, recording, variables);
      for (const node of part.nodes) nodes.push(node);
      const { inputs, outputs } = part.endpoints;
      this.#endpoints.set(recording, { feeds: inputs.join(","), fetches: outputs.join(",") });
    }
    this.nodes = nodes.length;
    this.#id = load(binding, savedModelBytes(nodes));
  }

  /** Replays a recording; the result is in the order of its outputs. */
  run(recording: Recording, inputs: readonly number[]): TensorMetadata[] {
    const { feeds, fetches } = this.#endpoints.get(recording)!;
    return this.#binding.runSavedModel(this.#id, inputs, feeds, fetches);
  }

  /** The values of variables, by number. */
  read(variables: readonly number[]): TensorMetadata[] {
    return this.#run(
      [],
      [],
      variables.map((i) => variableNodes(i).read),
    );
  }

  /** Sets variables, by number, to the tensors with these handles. */
  write(variables: readonly number[], values: readonly number[]): void {
    const nodes = variables.map(variableNodes);
    const feeds = nodes.map(({ value }) => value);
    const done = this.#run(
      values,
      feeds,
      nodes.map(({ written }) => written),
    );
    for (const { id } of done) this.#binding.deleteTensor(id);
  }

  dispose(): void {
    this.#binding.deleteSavedModel(this.#id);
  }

  #run(inputs: readonly number[], feeds: readonly string[], fetches: readonly string[]) {
    if (fetches.length === 0) return [];
    return this.#binding.runSavedModel(this.#id, inputs, feeds.join(","), fetches.join(","));
  }
}

/** The binding loads models only from a folder, which is needed no longer once it has. */
function load(binding: Binding, model: Uint8Array): number {
  const folder = mkdtempSync(join(tmpdir(), "sd-program-"));
  try {
    writeFileSync(join(folder, "saved_model.pb"), model);
    return binding.loadSavedModel(folder, "serve");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
