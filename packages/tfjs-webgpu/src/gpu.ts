// Where WebGPU comes from, and the part of it that is used here.
import { WebgpuError } from "./errors.ts";

/** What hands out adapters: `navigator.gpu`. */
export interface Gpu {
  requestAdapter(options: {
    readonly powerPreference: "high-performance";
  }): Promise<Adapter | null>;
}

/** A driver's offer of a device. */
export interface Adapter {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly description: string;
    /** Whether the driver computes on the processor. */
    readonly isFallbackAdapter?: boolean;
  };
  readonly features: { has(feature: string): boolean };
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: {
    readonly requiredFeatures: readonly string[];
    readonly requiredLimits: Readonly<Record<string, number>>;
  }): Promise<Device>;
}

/** What computes. */
export interface Device {
  readonly lost: Promise<{ readonly message: string }>;
  addEventListener(type: "uncapturederror", listener: (event: DeviceErrorEvent) => void): void;
  destroy(): void;
}

/** An error that a call of the device's had, told after the call has returned. */
export interface DeviceErrorEvent {
  readonly error: { readonly message: string };
  preventDefault(): void;
}

/** `navigator.gpu` where the runtime or the program has one, else Dawn's of the package `webgpu`. */
export async function findGpu(): Promise<Gpu> {
  const { navigator } = globalThis as { navigator?: { readonly gpu?: Gpu } };
  return navigator?.gpu ?? (await dawn());
}

/** Held as long as the process lives: Dawn crashes when it is collected before its devices. */
let made: Gpu | undefined;

async function dawn(): Promise<Gpu> {
  if (made !== undefined) return made;
  const { create, globals } = await import("webgpu").catch((cause: unknown) => {
    throw missingPackage(cause as NodeJS.ErrnoException);
  });
  // The classes and constants that a browser has, which the backend reads as globals.
  Object.assign(globalThis, globals);
  made = create([]) as unknown as Gpu;
  return made;
}

function missingPackage(cause: NodeJS.ErrnoException): WebgpuError {
  const message =
    cause.code === "ERR_MODULE_NOT_FOUND"
      ? "the package `webgpu` is not installed, and the runtime has no `navigator.gpu`: " +
        "npm install webgpu"
      : `the package \`webgpu\` does not load on this machine: ${cause.message}`;
  return new WebgpuError("ERR_MISSING_PACKAGE", message, { cause });
}

/** Runs `body` while `navigator.gpu` is `gpu`: the backend refuses to be made without. */
export function withNavigatorGpu<T>(gpu: Gpu, body: () => T): T {
  const { navigator } = globalThis as { navigator?: object };
  const holder = navigator ?? globalThis;
  const [key, value] = navigator === undefined ? ["navigator", { gpu }] : ["gpu", gpu];
  const before = Object.getOwnPropertyDescriptor(holder, key);
  Object.defineProperty(holder, key, { value, configurable: true });
  try {
    return body();
  } finally {
    if (before === undefined) Reflect.deleteProperty(holder, key);
    else Object.defineProperty(holder, key, before);
  }
}
