/** What went wrong with a download. */
export type DownloadErrorCode =
  /** The server answered with a status that is no success. */
  | "HTTP"
  /** The connection failed, or ended too early, as often as it was tried. */
  | "NETWORK"
  /** The server has a file of another size. */
  | "WRONG_SIZE"
  /** The file is whole, and not the official one. */
  | "CHECKSUM"
  /** Something else is in the place of the file. */
  | "EXISTS";

/** A download failed; nothing half-done is in the place of the file. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  readonly code: DownloadErrorCode;
  readonly url: string;
  /** Where it was to go. */
  readonly file: string;
  /** Of the server's answer, with the code `HTTP`. */
  readonly status?: number;

  constructor(
    code: DownloadErrorCode,
    {
      url,
      file,
      status,
    }: { readonly url: string; readonly file: string; readonly status?: number },
    problem: string,
    options: ErrorOptions = {},
  ) {
    super(`${url}: ${problem}`, options);
    this.code = code;
    this.url = url;
    this.file = file;
    if (status !== undefined) this.status = status;
  }
}
