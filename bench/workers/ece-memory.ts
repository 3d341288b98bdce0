// Streams rows through the ECE and prints the largest resident size of this process, in MB:
// ece-memory.ts <rows>.
import { eceStream } from "../ece-stream.ts";

eceStream(Number(process.argv[2]))();
process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
