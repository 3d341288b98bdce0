/** What is wrong with an entry's name, if it must not become a path below a folder. */
function faultOf(name: string, parts: readonly string[]): string | undefined {
  if (name.includes("\0")) return "expected a name without NUL";
  if (name.includes("\\")) return "expected a name without backslash";
  if (name.startsWith("/")) return "expected a relative name, got an absolute one";
  if (/^[a-z]:/i.test(name)) return "expected a relative name, got one with a drive letter";
  if (parts.includes("..")) return "expected a name that stays in the archive's folder, got '..'";
  return undefined;
}

/** The path of an entry below the folder that it is unpacked to, `""` for that folder itself; or what is wrong with it. */
export function entryPath(name: string): { readonly path: string } | { readonly fault: string } {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  const fault = faultOf(name, parts);
  return fault === undefined ? { path: parts.join("/") } : { fault };
}
