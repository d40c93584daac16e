import { useKernels } from "../../src/kernels";
import { Machine } from "../../src/kernels/wasm/machine";
import { streamDraws } from "../../src/ops";
import { RandomStream } from "../../src/random";
import { type Named, relativeError } from "../ops/values";
import { guardBlocks } from "./guardBlocks";
import { RANDOM_CASES, type RandomCase, randomCase } from "./randomCases";

/** What came of the random cases of an operation. */
export interface FuzzReport {
  readonly op: keyof typeof RANDOM_CASES;
  readonly cases: number;
  /** Largest difference between fused and composed, relative to the largest number of the tensor but no less than one. */
  readonly worst: number;
  readonly faults: readonly string[];
}

/**
 * Holds the fused kernels to the composed operations for `count` random shapes, all operations in turn, on the current backend, with
 * guards around every block.
 */
export async function fuzz(count: number, seed: number): Promise<FuzzReport[]> {
  const ops = Object.keys(RANDOM_CASES) as FuzzReport["op"][];
  const reports = ops.map((op) => ({ op, cases: 0, worst: 0, faults: [] as string[] }));
  await useKernels({ path: "simd" });
  settle();
  const guard = guardBlocks();
  const { worth } = Machine;
  try {
    settle();
    const before = guard.blocks();
    for (let i = 0; i < count; i++) {
      const report = reports[i % ops.length]!;
      const given = randomCase(report.op, seed, report.cases++);
      Machine.worth = report.cases % 2 ? worth : 1; // in threads, however small it is
      const { error, left } = await difference(given);
      report.worst = Math.max(report.worst, error);
      settle();
      const faults = [
        ...guard.faults.splice(0),
        ...(error <= given.bound ? [] : [`differs by ${error}`]),
        ...(left === 0 ? [] : [`${left} tensors left behind`]),
        ...(guard.blocks() === before ? [] : [`${guard.blocks() - before} blocks left behind`]),
      ];
      report.faults.push(...faults.map((fault) => `${report.op} ${given.name}: ${fault}`));
    }
  } finally {
    guard.remove();
    Machine.worth = worth;
    await useKernels({ path: "composed" });
  }
  return reports;
}

async function difference(given: RandomCase): Promise<{ error: number; left: number }> {
  await useKernels({ path: "composed" });
  const composed = given.run();
  await useKernels({ path: "simd" });
  const fused = given.run();
  return { error: largestDifference(fused.numbers, composed.numbers), left: composed.left + fused.left };
}

function largestDifference(actual: Named<Float32Array>, expected: Named<Float32Array>): number {
  const names = Object.keys(expected);
  if (`${Object.keys(actual)}` !== `${names}`) return Number.POSITIVE_INFINITY;
  return Math.max(...names.map((name) => relativeError(actual[name]!, expected[name]!)));
}

/** Blocks of tensors that are gone are freed when the next kernel runs. */
function settle(): void {
  streamDraws(RandomStream.fromSeed(0)).normal("settle", [1]).dispose();
}
