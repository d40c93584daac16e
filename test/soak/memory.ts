import { isDeepStrictEqual } from "node:util";
import { useBackend } from "../backend";
import { memoryOfTraining, SETTLED } from "../kernels/trainingMemory";

/** Trains for `steps` steps on each backend; prints what memory is in use and counts epochs that use another than those before. */
export async function soakMemory(steps: number): Promise<number> {
  let faults = 0;
  for (const backend of ["cpu", "wasm"]) {
    await useBackend(backend);
    const epochs = await memoryOfTraining(4 * Math.ceil(steps / 4));
    const settled = epochs[SETTLED]!;
    const other = epochs.slice(SETTLED + 1).filter((epoch) => !isDeepStrictEqual(epoch, settled));
    const { bytes, tensors } = epochs.at(-1)!.at(-1)!;
    console.log(
      `memory on ${backend}: ${4 * epochs.length} steps, ${tensors} tensors, ${(bytes / 2 ** 20).toFixed(1)} MiB of kernel memory, ` +
        `${other.length} epochs that differ from epoch ${SETTLED + 1}`,
    );
    faults += other.length;
  }
  return faults;
}
