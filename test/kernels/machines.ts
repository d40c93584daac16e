import { type Build, compiled } from "../../src/kernels/wasm/builds";
import type { KernelExports } from "../../src/kernels/wasm/exports";
import { Machine } from "../../src/kernels/wasm/machine";
import { sharedMemory } from "../../src/kernels/wasm/memory";

/** A machine of a test's own, some of whose exports are replaced in the calling thread. */
export async function machineOf(
  replaced: (memory: WebAssembly.Memory) => Partial<KernelExports> = () => ({}),
  { build = "simd", patience }: { build?: Build; patience?: number } = {},
): Promise<Machine> {
  const module = await compiled(build);
  const memory = sharedMemory();
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return new Machine(
    { ...(exports as unknown as KernelExports), ...replaced(memory) },
    module,
    memory,
    patience,
  );
}

/** Gives a machine threads, and waits until all of them are ready. */
export async function startThreads({ threads }: Machine, count: number): Promise<void> {
  threads.count = count;
  while (threads.ready < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Whether a product of `rows` rows of a hundred zeros with `[100, n]`, added to `start`, is `start`. */
export function keepsStart(machine: Machine, rows: number, n: number, start: number): boolean {
  return machine.call(() => {
    const k = 104;
    const y = machine.block(rows * n);
    const s = machine.block(n);
    machine.numbers(s, n).fill(start);
    const args = { y, n, s, x: machine.zeros(k * rows), xStep: 4 * k, k, weight: machine.zeros(k * n) };
    machine.run("linear", args, { count: rows, grain: 48, unit: 1, cost: n * k });
    return machine.numbers(y, rows * n).every((value) => value === start);
  });
}
