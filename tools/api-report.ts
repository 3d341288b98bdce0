// What each package promises: the public names of its entry points with their signatures, from the
// built declarations.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import ts from "typescript";
import { type Member, root, workspaceMembers } from "./workspace.ts";

interface Entry {
  /** As it is imported: `@sd/math/random`. */
  readonly specifier: string;
  /** Its built declarations. */
  readonly file: string;
}

const packages = (): Member[] =>
  workspaceMembers().filter(({ folder }) => folder.startsWith("packages/"));

function entriesOf({ folder, manifest }: Member): Entry[] {
  return Object.entries(manifest.exports ?? {}).flatMap(([entry, conditions]) => {
    const { types } = conditions as { types?: string };
    if (types === undefined) return [];
    return [{ specifier: join(manifest.name, entry), file: join(root, folder, types) }];
  });
}

const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

/** A declaration as text, without its comments, its private members and the bundler's suffixes. */
function textOf(declaration: ts.Declaration): string {
  // `const` belongs to the statement around a variable.
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return printer
    .printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
    .replace(/^(export )?(declare )?/, "")
    .replace(/^ *(#private|private .*);\n/gm, "")
    .replace(/\$\d+\b/g, "");
}

/** The names that an entry exports, sorted, each with its declarations. */
function declarationsOf(program: ts.Program, { file }: Entry): string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} is no module: build the packages first`);
  return checker
    .getExportsOfModule(module)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((symbol) => {
      const alias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
      const { declarations } = alias ? checker.getAliasedSymbol(symbol) : symbol;
      if (declarations === undefined) throw new Error(`${file}: ${symbol.name} is not declared`);
      return declarations.map(textOf).join("\n");
    });
}

function format(declarations: string): string {
  const biome = join(root, "node_modules", ".bin", "biome");
  const options = { cwd: root, input: declarations, encoding: "utf8" } as const;
  return execFileSync(biome, ["format", "--stdin-file-path=api.d.ts"], options);
}

/** The reports of all packages, by the path of the file that holds them. */
export function apiReports(): Map<string, string> {
  const members = packages();
  const program = ts.createProgram(
    members.flatMap(entriesOf).map(({ file }) => file),
    { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [] },
  );
  return new Map(
    members.map((member) => {
      const sections = entriesOf(member).map((entry) => {
        const code = format(declarationsOf(program, entry).join("\n\n"));
        return `## ${entry.specifier}\n\n\`\`\`ts\n${code}\`\`\`\n`;
      });
      const head = `# The public names of ${member.manifest.name}\n\nWritten by \`npm run api\`.\n`;
      return [join(member.folder, "api.md"), [head, ...sections].join("\n")];
    }),
  );
}
