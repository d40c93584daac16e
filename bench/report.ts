import type { KernelPath } from "lfads";
import { flop, type Workload } from "./workloads";

/** What was measured of a path. */
export interface Measured {
  readonly path: KernelPath;
  /** Milliseconds of training steps, inferences and runs of the matrix product. */
  readonly times: Record<"train" | "infer" | "gemm", number[]>;
  /** Floating-point operations of a run of the matrix product. */
  readonly gemmFlop: number;
}

/** Times of a training step or an inference. */
export interface Times {
  readonly minMs: number;
  readonly medianMs: number;
  /** What its matrix products take at the rate of the library's own product. */
  readonly floorMs: number;
  readonly ratioToFloor: number;
  /** Of the matrix products over the whole time. */
  readonly gflops: number;
}

/** What `--json` prints. */
export interface Summary {
  readonly workload: string;
  readonly threads: number;
  readonly path: KernelPath;
  readonly train: Times;
  readonly infer: Times;
  readonly gemmGflopsPerThread: number;
  /** The largest resident memory of the process. */
  readonly peakBytes: number;
}

export function summary(
  workload: Workload,
  threads: number,
  { path, times, gemmFlop }: Measured,
  peakBytes: number,
): Summary {
  const rate = gemmFlop / Math.min(...times.gemm) / 1e6;
  const timesOf = (part: "train" | "infer"): Times => {
    const sorted = [...times[part]].sort((a, b) => a - b);
    const minMs = sorted[0]!;
    const floorMs = flop(workload)[part] / (threads * rate * 1e6);
    return {
      ...{ minMs, medianMs: sorted[Math.floor(sorted.length / 2)]!, floorMs, ratioToFloor: minMs / floorMs },
      gflops: flop(workload)[part] / minMs / 1e6,
    };
  };
  return {
    ...{ workload: workload.name, threads, path, train: timesOf("train"), infer: timesOf("infer") },
    ...{ gemmGflopsPerThread: rate, peakBytes },
  };
}

export function report({
  workload,
  threads,
  path,
  gemmGflopsPerThread,
  peakBytes,
  ...parts
}: Summary): string {
  const line = (part: "train" | "infer") => {
    const { minMs, medianMs, floorMs, ratioToFloor, gflops } = parts[part];
    const share = gflops / (threads * gemmGflopsPerThread);
    return (
      `  ${part.padEnd(5)} ${minMs.toFixed(0)} ms at least, median ${medianMs.toFixed(0)}; ${gflops.toFixed(1)} GFLOP/s, ` +
      `${(100 * share).toFixed(0)} % of the matrix product's; floor ${floorMs.toFixed(0)} ms, ratio ${ratioToFloor.toFixed(2)}`
    );
  };
  return [
    `${workload}, ${threads} thread${threads > 1 ? "s" : ""}, path ${path}`,
    ...[line("train"), line("infer")],
    `  matrix product ${gemmGflopsPerThread.toFixed(1)} GFLOP/s per thread; memory at most ${(peakBytes / 2 ** 20).toFixed(0)} MiB`,
  ].join("\n");
}
