import type { Wheel } from "./builds.ts";
import type { InstalledFile } from "./manifest.ts";
import { runPython } from "./tools.ts";

// TensorFlow's two libraries with the headers that are read when the addon is compiled, CUDA's shared libraries, and the
// compiler that TensorFlow calls for kernels of its own (with its bitcode). ptxas must stay executable.
const KEPT = [
  String.raw`tensorflow/libtensorflow_(cc|framework)\.so\.2`,
  "tensorflow/include/(tensorflow/c/|tensorflow/core/platform/ctstring|tsl/platform/ctstring|xla/tsl/c/).*[^/]",
  String.raw`nvidia/\w+/lib/[^/]+\.so[.\d]*`,
  "nvidia/cuda_nvcc/(bin|nvvm)/.*[^/]",
].join("|");

// zipfile checks each file's CRC, and its own way of joining paths keeps every file inside of the folder.
const UNPACK = `
import hashlib, json, os, re, zipfile
wheel, folder, kept = sys.argv[1:]
files = []
with zipfile.ZipFile(wheel) as archive:
    for info in archive.infolist():
        if not re.fullmatch(kept, info.filename):
            continue
        path = archive.extract(info, folder)
        os.chmod(path, 0o755 if (info.external_attr >> 16) & 0o100 else 0o644)
        digest = hashlib.sha256()
        with open(path, 'rb') as file:
            while block := file.read(1 << 20):
                digest.update(block)
        files.append({'path': os.path.relpath(path, folder), 'size': info.file_size, 'sha256': digest.hexdigest()})
print(json.dumps(files))
`;

/** Unpacks what the engine needs of a wheel into `folder`, and returns the files that it wrote. */
export async function unpackWheel(
  { requirement }: Wheel,
  file: string,
  folder: string,
): Promise<InstalledFile[]> {
  const output = await runPython("UNPACK_FAILED", UNPACK, [file, folder, KEPT]);
  const files = JSON.parse(output) as Omit<InstalledFile, "source">[];
  return files.map((entry) => ({ ...entry, source: requirement }));
}
