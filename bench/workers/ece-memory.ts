// Streams rows through the ECE and prints the largest resident size of this process, in MB:
// ece-memory.ts <rows>.
import { loadSimdKernels } from "@sd/math/simd";
import { eceStream } from "../ece-stream.ts";

eceStream(Number(process.argv[2]), { kernels: await loadSimdKernels() })();
process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
