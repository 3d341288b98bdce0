// What a schema finds wrong, in words: which setting, what was expected, what came, and what was probably meant.
import type { z } from "zod";
import { nearest } from "./nearest.ts";
import type { Path } from "./source.ts";

/** One thing that is wrong. */
export interface Problem {
  readonly path: Path;
  /** Whether it is the setting's name that is wrong, not its value. */
  readonly name: boolean;
  readonly message: string;
  /** The setting that an unknown name was probably meant to be. */
  readonly meant?: string | undefined;
}

type Issue = z.core.$ZodIssue;

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

const meant = (word: unknown, words: readonly string[]): string => {
  const near = typeof word === "string" ? nearest(word, words) : undefined;
  return near === undefined ? "" : `; did you mean ${near}?`;
};

/** The value at a path. */
function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === "object" && inner !== null
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}

/** How a number or the length of a list is bounded. */
function boundOf(issue: Issue & { code: "too_small" | "too_big" }): string {
  const least = issue.code === "too_small";
  const bound = least ? issue.minimum : issue.maximum;
  const inclusive = issue.inclusive ?? true;
  const words = least
    ? inclusive
      ? "at least"
      : "more than"
    : inclusive
      ? "at most"
      : "less than";
  if (issue.origin === "string") return "a text that is not empty";
  if (issue.origin === "array") return `${words} ${bound} ${bound === 1 ? "entry" : "entries"}`;
  return `${words} ${bound}`;
}

/** What could be at a place, when it is a choice between kinds: the branch that fits what came. */
function branchOf(issue: Issue & { code: "invalid_union" }, value: unknown): readonly Issue[] {
  const branches = issue.errors.filter((branch) => branch.length > 0);
  // A branch that only says "not this kind of value" is not the one that was meant.
  const fitting = branches.filter((branch) =>
    branch.every(
      ({ code, path }) => path.length > 0 || !["invalid_type", "invalid_value"].includes(code),
    ),
  );
  const ofNames = branches.find((branch) => branch.some(({ code }) => code === "invalid_value"));
  if (typeof value === "string" && ofNames) return ofNames;
  return fitting[0] ?? branches[0] ?? [];
}

interface Context {
  /** Everything that was checked. */
  readonly root: unknown;
  /** The names that may stand beside an unknown one. */
  readonly namesAt: (path: Path) => readonly string[];
}

function explain(issue: Issue, above: Path, context: Context): Problem[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  const value = valueAt(context.root, path);
  const problem = (message: string, name = false): Problem[] => [{ path, name, message }];
  const got = value === undefined ? "nothing" : show(value);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.flatMap((key) => {
        const names = context.namesAt(path);
        const hint = meant(key, names) || (names.length > 0 ? `; known: ${names.join(", ")}` : "");
        const message = `unknown setting${hint}`;
        return [{ path: [...path, key], name: true, message, meant: nearest(key, names) }];
      });
    case "invalid_type":
      return value === undefined
        ? problem(`expected ${kindOf(issue.expected)}, but it is missing`, true)
        : problem(`expected ${kindOf(issue.expected)}, got ${got}`);
    case "invalid_value": {
      const values = issue.values.filter((one) => one !== undefined).map(String);
      const missing = value === undefined;
      return problem(`expected ${oneOf(values)}, got ${got}${meant(value, values)}`, missing);
    }
    case "too_small":
    case "too_big":
      return problem(`expected ${boundOf(issue)}, got ${got}`);
    case "invalid_union": {
      if (issue.errors.length === 0) return unknownName(issue, path, context);
      const branch = branchOf(issue, value);
      if (branch.length === 0) return problem(`${issue.message}, got ${got}`);
      return branch.flatMap((inner) => explain(inner, path, context));
    }
    default:
      return problem(
        issue.message.startsWith("expected") ? `${issue.message}, got ${got}` : issue.message,
      );
  }
}

/** A thing without a name, or with one that is not known. */
function unknownName(
  issue: Issue & { code: "invalid_union" },
  path: Path,
  { root }: Context,
): Problem[] {
  const value = valueAt(root, path);
  const options = "options" in issue ? (issue.options as unknown[]) : [];
  const names = options.filter((name) => name !== undefined).map(String);
  const got = value === undefined ? "nothing" : show(value);
  const message = `expected ${oneOf(names)}, got ${got}${meant(value, names)}`;
  return [{ path, name: value === undefined, message }];
}

const KINDS: Readonly<Record<string, string>> = {
  int: "an integer",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  object: "settings",
  record: "settings",
  array: "a list",
  tuple: "a list",
};

const kindOf = (expected: string): string => KINDS[expected] ?? expected;

const oneOf = (values: readonly string[]): string =>
  values.length === 1 ? values[0]! : `one of ${values.join(", ")}`;

/** Whether a setting is said to be missing that another problem takes a misspelt name for. */
function isExplained({ path, name }: Problem, problems: readonly Problem[]): boolean {
  if (!name) return false;
  return problems.some(
    ({ meant: word, path: other }) =>
      word === path.at(-1) && other.slice(0, -1).join("\n") === path.slice(0, -1).join("\n"),
  );
}

/** Everything that is wrong; a misspelt name is told once, not as a missing one as well. */
export function problemsOf(issues: readonly Issue[], context: Context): Problem[] {
  const problems = issues.flatMap((issue) => explain(issue, [], context));
  return problems.filter(
    (problem) => problem.meant !== undefined || !isExplained(problem, problems),
  );
}
