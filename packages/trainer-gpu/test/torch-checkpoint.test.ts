// PyTorch loads the checkpoint of a run: strictly, into a network of its own, with the same logits.
import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createRun, readSafetensors } from "@sd/runs";
import { expect, test } from "vitest";
import { unpackWeights } from "../src/checkpoint.ts";
import { saveBest } from "../src/state.ts";
import { formulaWeights, loadFixture, modelOf } from "./network-fixtures.ts";

const SCRIPT = fileURLToPath(new URL("fixtures/load_checkpoint.py", import.meta.url));
const python = process.env.SD_PYTHON;

test.for(["resnet-8", "resnet-34", "preact-resnet-18", "densenet-bc-100-12"])(
  "PyTorch loads %s, and we load what it writes",
  { timeout: 120_000 },
  async (name, ctx) => {
    if (python === undefined) {
      return ctx.skip("SD_PYTHON names no Python with torch 2.13 and safetensors");
    }
    const fixture = loadFixture(name);
    const model = modelOf(name, fixture);
    const weights = formulaWeights(model, fixture);
    const folder = await mkdtemp(join(tmpdir(), "sd-torch-"));
    const run = await createRun(folder, { config: {}, manifest: {} });
    const values = Object.fromEntries(
      Object.entries(weights).map(([key, value]) => [`weights/${key}`, value]),
    );
    await saveBest(run, model, { values, metrics: { epoch: 0 } });
    await run.close();

    const [checkpoint, back] = ["checkpoints/best.safetensors", "back.safetensors"].map((file) =>
      join(folder, file),
    );
    const args = [SCRIPT, name, checkpoint!, String(fixture.salt), back!];
    const { stdout } = await promisify(execFile)(python, args);
    // The fixture's numbers have seven digits.
    expect(JSON.parse(stdout)).toBeAllclose(fixture.evaluation, { rtol: 1e-6, atol: 1e-6 });
    const { tensors } = await readSafetensors(back!);
    expect(unpackWeights(model, tensors)).toEqual(weights);
  },
);
