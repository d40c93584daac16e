import type { KernelExports } from "./exports";
import { Machine } from "./machine";

/** Compiles the kernels and gives them a memory. */
export async function loadMachine(): Promise<Machine> {
  const { simd } = await import("./module.generated");
  const memory = new WebAssembly.Memory({ initial: 16 });
  const bytes = Uint8Array.from(atob(simd), (letter) => letter.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return new Machine(instance.exports as unknown as KernelExports, memory);
}
