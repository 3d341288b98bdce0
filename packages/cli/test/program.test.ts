import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { createProgram } from "../src/program.ts";
import { sd } from "./sd.ts";

describe("help", () => {
  test.each([
    [["--help"], "Usage: sd [options] [command]"],
    [["demo", "--help"], "sd demo --seeds 3 --epochs 5"],
    [["help", "engine"], "doctor [options]"],
  ])("sd %j goes to standard output", async (args, text) => {
    const { code, out, err } = await sd(args);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(text);
  });

  test("--version prints the version alone", async () => {
    expect((await sd(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

/** Every command that does something, by its words. */
function leaves(command: Command, words: readonly string[] = []): [string[], Command][] {
  if (command.commands.length === 0) return [[[...words], command]];
  return command.commands.flatMap((inner) => leaves(inner, [...words, inner.name()]));
}

test("every command has examples, which begin with its own words", () => {
  const program = createProgram(() => {});
  const commands = leaves(program).filter(([[first]]) => first !== "complete");
  expect(commands).toHaveLength(20);
  for (const [words, command] of commands) {
    const said: string[] = [];
    command.configureOutput({ writeOut: (text) => void said.push(text) }).outputHelp();
    expect(said.join("")).toContain(`Examples:\n  sd ${words.join(" ")}`);
  }
});

describe("a mistake exits with 2 and says what was meant", () => {
  test.each([
    [["dmeo"], "unknown command 'dmeo'\n(Did you mean demo?)"],
    [["demo", "--seed", "3"], "unknown option '--seed'\n(Did you mean --seeds?)"],
    [["demo", "--epochs", "many"], "'many' is invalid. Expected an integer of at least 1."],
    [["demo", "--epochs", "0"], "'0' is invalid"],
    [["demo", "--images", "10"], "Expected an integer of at least 64."],
    [["demo", "--noise", "1.5"], "Expected a number in [0, 1)."],
    [["demo", "--noise", ""], "Expected a number in [0, 1)."],
    [["demo", "--engine", "gpu"], "Allowed choices are native, webgpu, wasm, cpu."],
    [["demo", "everything"], "too many arguments"],
    [["engine", "docter"], "(Did you mean doctor?)"],
    [["engine", "doctor", "--jason"], "(Did you mean --json?)"],
    [[], "Usage: sd [options] [command]"],
    [["engine"], "Usage: sd engine [options] [command]"],
  ])("sd %j", async (args, message) => {
    const { code, out, err } = await sd(args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });
});

describe("sd engine doctor", () => {
  test("says what was found, which engine a run takes, and why", async () => {
    const { code, out } = await sd(["engine", "doctor"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^(ok|missing) +platform/);
    expect(out).toMatch(/A run takes the engine (native|webgpu|wasm) \(.*\)\n {2}because /);
  });

  test("--json prints the same for programs", async () => {
    const { out } = await sd(["engine", "doctor", "--json"]);
    const report = JSON.parse(out);
    expect(["native", "webgpu", "wasm"]).toContain(report.chosen.engine);
    expect(report.checks.map(({ name }: { name: string }) => name)).toContain("platform");
  });

  test("--require-gpu fails where none is used, after the report", async () => {
    const empty = await mkdtemp(join(tmpdir(), "sd-doctor-"));
    const env = { SD_CACHE_DIR: empty };
    const { code, out } = await sd(["engine", "doctor", "--require-gpu"], { env });
    expect(code).toBe(1);
    expect(out).toMatch(/missing {2}installed for CUDA .*npx sd-engine install --cuda/);
  });

  test("a run that requires a GPU ends where none can be used", async () => {
    const empty = await mkdtemp(join(tmpdir(), "sd-doctor-"));
    const env = { SD_CACHE_DIR: empty };
    const { code, err } = await sd(["demo", "--require-gpu", "--out", join(empty, "run")], { env });
    expect(code).toBe(1);
    expect(err).toContain("sd: native engine: a GPU is required and none is used");
  });

  test("an engine that is asked for and cannot be had is an error", async () => {
    const empty = await mkdtemp(join(tmpdir(), "sd-doctor-"));
    const env = { SD_ENGINE: "native", SD_CACHE_DIR: empty };
    const { code, err } = await sd(["engine", "doctor"], { env });
    expect(code).toBe(1);
    expect(err).toContain("sd: the engine `native` was asked for and cannot be used");
    expect(err).not.toContain("    at ");
  });
});
