import { doctor, formatDoctor, installEngine } from "@sd/tfjs-native";
import { openEngine } from "@sd/trainer-gpu";

/** `sd engine install`: downloads and builds the native engine where it is missing. */
export async function engineInstall(options: { wheel?: string }): Promise<number> {
  const { addon, tensorflowVersion } = await installEngine({
    wheel: options.wheel,
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`native engine ready: TensorFlow ${tensorflowVersion}, ${addon}\n`);
  return 0;
}

/** `sd engine doctor`: what was found, which engine a run would take, and why. */
export async function engineDoctor(options: { json?: boolean }): Promise<number> {
  const report = await doctor();
  const { name, device, reasons } = await openEngine({ install: false });
  if (options.json) {
    const chosen = { engine: name, device, reasons };
    process.stdout.write(`${JSON.stringify({ ...report, chosen }, null, 2)}\n`);
  } else {
    process.stdout.write(`${formatDoctor(report)}\n\n`);
    process.stdout.write(`A run takes the engine ${name} (${device})\n`);
    for (const reason of reasons) process.stdout.write(`  because ${reason}\n`);
    process.stdout.write(
      "SD_ENGINE=native, wasm or cpu asks for one, and fails where it cannot be had.\n",
    );
  }
  return 0;
}
