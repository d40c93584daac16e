import { type Build, compiled } from "./builds";
import type { KernelExports } from "./exports";
import { Machine } from "./machine";
import { sharedMemory } from "./memory";

/** A build of the kernels with a memory of its own. @throws if the engine cannot run it */
export async function loadMachine(build: Build = "simd"): Promise<Machine> {
  const module = await compiled(build);
  const memory = sharedMemory();
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return new Machine(exports as unknown as KernelExports, module, memory);
}
