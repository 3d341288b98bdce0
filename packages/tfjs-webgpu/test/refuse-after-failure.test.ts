import { expect, test } from "vitest";
import type { Device, DeviceErrorEvent } from "../src/gpu.ts";
import { refuseAfterFailure } from "../src/refuse-after-failure.ts";

/** A device that can be made to fail, and a backend over it whose values are all 7. */
function fakes() {
  let report: ((event: DeviceErrorEvent) => void) | undefined;
  let lose: ((info: { message: string }) => void) | undefined;
  const device: Device = {
    lost: new Promise((resolve) => {
      lose = resolve;
    }),
    addEventListener: (_, listener) => {
      report = listener;
    },
    destroy() {},
  };
  const backend = { read: async (_: object) => Float32Array.of(7) };
  refuseAfterFailure(backend, device);
  let silenced = 0;
  const error = (message: string): void =>
    report!({ error: { message }, preventDefault: () => void silenced++ });
  return { backend, error, lose: lose!, silenced: () => silenced };
}

test("values are read as before while nothing failed", async () => {
  expect(await fakes().backend.read({})).toEqual(Float32Array.of(7));
});

test("after an error no value is given any more; the first error is the one that counts", async () => {
  const { backend, error, silenced } = fakes();
  error("buffer too large\n");
  error("invalid buffer");
  for (let time = 0; time < 2; time++) {
    await expect(backend.read({})).rejects.toMatchObject({
      code: "ERR_DEVICE",
      message: "WebGPU: the device failed, what it computed is void: buffer too large",
    });
  }
  expect(silenced()).toBe(2);
});

test("an error that is told while a value is read counts for that value", async () => {
  const { backend, error } = fakes();
  const reading = backend.read({});
  error("invalid buffer");
  await expect(reading).rejects.toThrow("invalid buffer");
});

test("nor after the device was lost", async () => {
  const { backend, lose } = fakes();
  lose({ message: "unplugged" });
  await expect(backend.read({})).rejects.toThrow("it was lost: unplugged");
});
