/** How the content of a file is told to be the official one. */
export interface Digest {
  readonly algorithm: "md5" | "sha256";
  /** In hexadecimal. */
  readonly value: string;
}

/** A file with a known content. */
export interface KnownFile {
  readonly name: string;
  /** Of the content, after decompression where it comes as `.gz`. */
  readonly bytes: number;
  /** Of the content, after decompression where it comes as `.gz`. */
  readonly digest: Digest;
}

/** What is downloaded. */
export interface KnownDownload extends KnownFile {
  /** Whether it is sent compressed, so that `bytes` and `digest` tell nothing of what is sent. */
  readonly gzip: boolean;
}

/** A data set that is known by name: where its files come from, and how each is told to be the right one. */
export interface KnownDataset {
  readonly title: string;
  /** The folder of the downloads, with a slash at its end. */
  readonly address: string;
  readonly downloads: readonly KnownDownload[];
  /** What is read in the end. */
  readonly files: readonly KnownFile[];
  /** The folder in a downloaded archive that has the files; it is unpacked, and the archive removed. */
  readonly folder?: string;
  readonly classNames?: readonly string[];
  readonly licence: string;
  readonly citation: string;
}

export const md5 = (value: string): Digest => ({ algorithm: "md5", value });
export const sha256 = (value: string): Digest => ({ algorithm: "sha256", value });
