// Trains a few steps and prints the largest resident size of this process, in MB: step-memory.ts <network> <batch> <steps>.
import { openEngine } from "@sd/trainer-gpu";
import { createStep } from "../step.ts";

const [network = "", batch, steps] = process.argv.slice(2);
await openEngine({ name: "native", install: false });
const { step } = createStep(network, Number(batch));
for (let i = 0; i < Number(steps); i++) await step();
process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
