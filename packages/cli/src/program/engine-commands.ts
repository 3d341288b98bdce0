// sd engine install, doctor
import type { Command } from "commander";
import type { EngineDoctorOptions, EngineInstallOptions } from "../commands/engine.ts";
import { examples, type Run } from "./shared-options.ts";

export function addEngineCommands(program: Command, run: Run): void {
  const engine = program
    .command("engine")
    .description("the engines that training can run on")
    .helpCommand(false);
  const install = engine
    .command("install")
    .description("download TensorFlow and build the native engine, once per user")
    .option("--cuda", "the build for NVIDIA's GPUs, with the CUDA libraries (3.4 GB)")
    .option("--wheel <file...>", "pinned wheels on this machine, instead of their downloads")
    .option("--verify", "read every installed file again, and repair what has changed")
    .action((options: EngineInstallOptions) =>
      run(import("../commands/engine.ts").then(({ engineInstall }) => engineInstall(options))),
    );
  examples(install, "sd engine install", "sd engine install --cuda");
  const doctor = engine
    .command("doctor")
    .description("say what is there, what is missing, and which engine a run takes")
    .option("--json", "print it as JSON")
    .option("--verify", "read every installed file of the native engine again")
    .option("--require-gpu", "fail where no GPU is used")
    .action((options: EngineDoctorOptions) =>
      run(import("../commands/engine.ts").then(({ engineDoctor }) => engineDoctor(options))),
    );
  examples(doctor, "sd engine doctor --json");
}
