/** Runs `task` for 0…n−1, at most `limit` at once; after a failure none is begun, and the first failure is thrown. */
export async function concurrently(
  n: number,
  limit: number,
  task: (i: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < n) {
      try {
        await task(next++);
      } catch (error) {
        next = n;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(limit, n) }, lane));
  const failed = lanes.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
