import { useBackend } from "../backend";
import { fuzz } from "../kernels/fuzz";

/** Compares fused and composed operations for `count` random shapes, half on each backend; prints and counts faults. */
export async function soakKernels(count: number, seed: number): Promise<number> {
  let all = 0;
  for (const [i, backend] of ["cpu", "wasm"].entries()) {
    await useBackend(backend);
    const began = performance.now();
    const reports = await fuzz(Math.floor((count + 1 - i) / 2), seed + i);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`kernels on ${backend}: ${seconds} s`);
    for (const { op, cases, worst, faults } of reports) {
      console.log(`  ${op}: ${cases} shapes, worst ${worst.toExponential(1)}, ${faults.length} faults`);
      for (const fault of faults) console.log(`    ${fault}`);
      all += faults.length;
    }
  }
  return all;
}
