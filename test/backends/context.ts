import { inject } from "vitest";
import { useBackend } from "../backend";

declare module "vitest" {
  interface ProvidedContext {
    /** Backend of a project of the suite. */
    readonly backend: string;
    /** Whether all golden files are compared, or a few of them: on a GPU of software each takes its time. */
    readonly full: boolean;
  }
  interface TaskMeta {
    /** Largest difference from the cpu backend, or from golden values. */
    difference?: number;
  }
}

export const BACKEND = inject("backend");

const errors: string[] = [];

/** Makes the backend of the project the current one. */
export async function useOwnBackend(): Promise<void> {
  await useBackend(BACKEND);
  if (BACKEND === "webgpu") await watchDevice();
}

/** Faults of programs on the GPU so far: they do not throw, they leave results without numbers. */
export function takeErrors(): string[] {
  return errors.splice(0);
}

let watched = false;

async function watchDevice(): Promise<void> {
  if (watched) return;
  watched = true;
  const { backend } = await import("@tensorflow/tfjs-core");
  const { device } = backend() as unknown as { readonly device: EventTarget };
  device.addEventListener("uncapturederror", (event) => {
    errors.push((event as Event & { readonly error: { readonly message: string } }).error.message);
  });
}
