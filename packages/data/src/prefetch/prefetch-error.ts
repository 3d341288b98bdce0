/** A worker of a {@link PrefetchLoader} failed, or was ended; `cause` is what it met. */
export class PrefetchError extends Error {
  override readonly name = "PrefetchError";
  readonly code = "WORKER_FAILED";
}
