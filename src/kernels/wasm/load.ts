import type { KernelExports } from "./exports";
import { Machine } from "./machine";
import { sharedMemory } from "./memory";

/** Compiles the kernels and gives them a memory. */
export async function loadMachine(): Promise<Machine> {
  const { simd } = await import("./module.generated");
  const memory = sharedMemory();
  const bytes = Uint8Array.from(atob(simd), (letter) => letter.charCodeAt(0));
  const { instance, module } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return new Machine(instance.exports as unknown as KernelExports, module, memory);
}
