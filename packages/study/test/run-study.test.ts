import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { acquireLock } from "@sd/runs";
import { describe, expect, it } from "vitest";
import { planStudy, type StudySpec } from "../src/plan.ts";
import { studyProgress } from "../src/progress.ts";
import { type RunStudyOptions, runStudy } from "../src/run-study.ts";
import { cancelStudy, readPlan } from "../src/study-folder.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const fake = fileURLToPath(new URL("fake-run.mjs", import.meta.url));
const command: RunStudyOptions["command"] = ({ folder, request }) => [
  ...([process.execPath, fake] as const),
  folder,
  request,
];

const variant = (behaviour: string) => ({ label: behaviour, settings: { behaviour } });
const specOf = (...behaviours: string[]): StudySpec => ({
  name: "fake",
  settings: {},
  variants: behaviours.map(variant),
  seeds: [0],
});

const options = (folder: string, more: Partial<RunStudyOptions> = {}): RunStudyOptions => ({
  folder,
  command,
  interval: 10,
  ...more,
});

const startsOf = (folder: string, run: string): number => {
  const file = join(folder, run, "starts");
  return existsSync(file) ? readFileSync(file, "utf8").length : 0;
};

describe("runStudy", () => {
  it("makes every run, teachers first, and repeats nothing when called again", async () => {
    const folder = temporaryFolder();
    const chain = { ...variant("works"), generations: 2 };
    const plan = planStudy({ ...specOf("works"), variants: [chain], seeds: [0, 1] });
    const slots = [{ environment: { SLOT: "a" } }, { environment: { SLOT: "b" } }];
    const first = await runStudy(plan, options(folder, { slots }));
    expect(first.map(({ stage }) => stage)).toEqual(Array(6).fill("done"));
    expect(first.map(({ last }) => last?.trainLoss)).toEqual(Array(6).fill(1));
    const second = await runStudy(plan, options(folder, { slots }));
    expect(second.map(({ stage }) => stage)).toEqual(Array(6).fill("done"));
    for (const { name } of plan.runs) expect(startsOf(folder, name)).toBe(1);
    expect(await readPlan(folder)).toEqual(plan);
  });

  it("tries a failing run again, then reports it, leaves out what needs it, and makes the others", async () => {
    const folder = temporaryFolder();
    const variants = [
      { ...variant("fails"), generations: 2 },
      variant("crashes"),
      variant("fails once"),
      variant("works"),
    ];
    const plan = planStudy({ ...specOf("works"), variants });
    const runs = await runStudy(plan, options(folder, { retries: 1 }));
    const seen = runs.map(({ run, stage, problem }) => [run.label, run.generation, stage, problem]);
    const [baseline, student] = plan.runs;
    expect(seen).toEqual([
      ["fails", 0, "failed", "it was meant to"],
      ["fails", 1, "blocked", `needs ${baseline!.name}, which failed`],
      ["fails", 2, "blocked", `needs ${student!.name}, which failed`],
      ["crashes", 0, "failed", "something went wrong"],
      ["fails once", 0, "done", undefined],
      ["works", 0, "done", undefined],
    ]);
    expect(startsOf(folder, baseline!.name)).toBe(2);
  });

  it("stops the runs in progress, and goes on when called again", async () => {
    const folder = temporaryFolder();
    const plan = planStudy(specOf("waits", "works"));
    const controller = new AbortController();
    const stopped = await runStudy(
      plan,
      options(folder, {
        signal: controller.signal,
        onProgress: ([first]) => {
          if (startsOf(folder, first!.run.name) === 1) controller.abort();
        },
      }),
    );
    expect(stopped.map(({ stage }) => stage)).toEqual(["stopped", "waiting"]);
    const read = await studyProgress(folder, plan);
    expect(read.map(({ stage }) => stage)).toEqual(["stopped", "waiting"]);
  });

  it("lets no run outlive a study that is killed", async () => {
    const folder = temporaryFolder();
    const plan = planStudy(specOf("waits"));
    const script = join(folder, "study.ts");
    const module = (name: string) =>
      JSON.stringify(new URL(`../src/${name}`, import.meta.url).href);
    writeFileSync(
      script,
      `import { runStudy } from ${module("run-study.ts")};
       await runStudy(${JSON.stringify(plan)}, { folder: ${JSON.stringify(folder)}, interval: 10,
         command: (p) => [process.execPath, ${JSON.stringify(fake)}, p.folder, p.request] });`,
    );
    const parameters = ["--conditions=@sd/source", "--disable-warning=ExperimentalWarning", script];
    const study = spawn(process.execPath, parameters, { stdio: "inherit" });
    const run = plan.runs[0]!;
    const stage = async (): Promise<string> => (await studyProgress(folder, plan))[0]!.stage;
    await expect.poll(() => startsOf(folder, run.name), { timeout: 20_000 }).toBe(1);
    await expect.poll(stage, { timeout: 20_000 }).toBe("running");
    study.kill("SIGKILL");
    await expect.poll(stage, { timeout: 20_000 }).toBe("stopped");
  });

  it("refuses a study that another process makes, which can be asked to stop", async () => {
    const folder = temporaryFolder();
    const plan = planStudy(specOf("waits"));
    const controller = new AbortController();
    const first = runStudy(plan, options(folder, { signal: controller.signal }));
    await expect.poll(() => startsOf(folder, plan.runs[0]!.name)).toBe(1);
    await expect(runStudy(plan, options(folder))).rejects.toMatchObject({
      code: "ERR_ALREADY_RUNNING",
      message: expect.stringContaining(`process ${process.pid}`),
    });
    const stop = (): void => controller.abort();
    process.once("SIGTERM", stop);
    expect(await cancelStudy(folder)).toBe(process.pid);
    expect((await first)[0]!.stage).toBe("stopped");
    expect(await cancelStudy(folder)).toBeUndefined();
  });

  it("waits for a process that still has a run's folder", async () => {
    const folder = temporaryFolder();
    const plan = planStudy(specOf("works"));
    const { name } = plan.runs[0]!;
    mkdirSync(join(folder, name), { recursive: true });
    const lock = await acquireLock(join(folder, name, "lock.json"));
    let looks = 0;
    const runs = await runStudy(
      plan,
      options(folder, {
        onProgress: () => {
          looks++;
          if (looks === 3) void lock.release();
        },
      }),
    );
    expect(runs[0]!.stage).toBe("done");
    expect(looks).toBeGreaterThan(3);
    expect(startsOf(folder, name)).toBe(1);
  });

  it("refuses the folder of another study", async () => {
    const folder = temporaryFolder();
    await runStudy(planStudy(specOf("works")), options(folder));
    const other = planStudy({ ...specOf("works"), name: "other" });
    await expect(runStudy(other, options(folder))).rejects.toThrow(
      /holds the study fake, not other/,
    );
  });

  it.each(["", "[]", '{"name":"x"}', '{"name":"x","runs":[{"name":"../../etc"}]}', "null"])(
    "calls a study.json of %j damaged",
    async (text) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, "study.json"), text);
      await expect(readPlan(folder)).rejects.toThrow(/damaged/);
    },
  );
});
