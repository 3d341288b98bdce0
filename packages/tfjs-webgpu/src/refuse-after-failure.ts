// A device tells an error after the call that had it, and computes zeros from then on: they must not
// pass for results.
import type * as tf from "@tensorflow/tfjs";
import { WebgpuError } from "./errors.ts";
import type { Device } from "./gpu.ts";

/** Makes every read of `backend` fail once its device was lost or has reported an error. */
export function refuseAfterFailure(backend: Pick<tf.KernelBackend, "read">, device: Device): void {
  let failure: string | undefined;
  device.addEventListener("uncapturederror", (event) => {
    // Else it is printed, with those that follow from it.
    event.preventDefault();
    failure ??= event.error.message.trim();
  });
  void device.lost.then(({ message }) => {
    failure ??= `it was lost: ${message}`;
  });
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    const values = await read(dataId);
    if (failure === undefined) return values;
    throw new WebgpuError("ERR_DEVICE", `the device failed, what it computed is void: ${failure}`);
  };
}
