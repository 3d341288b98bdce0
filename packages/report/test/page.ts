// What tests look for in a page.

/** A file that the page carries within itself. */
export interface CarriedFile {
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

const FILE = /<a download="([^"]+)" href="data:([^;"]+);base64,([^"]*)">/g;

export const filesIn = (page: string): CarriedFile[] =>
  [...page.matchAll(FILE)].map(([, name, type, content]) => ({
    name: name!,
    type: type!,
    content: Buffer.from(content!, "base64").toString("utf8"),
  }));

/** The page without their content. */
export const withoutFiles = (page: string): string => page.replaceAll(/base64,[^"]*/g, "base64,");

export const idsIn = (page: string): string[] =>
  [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
