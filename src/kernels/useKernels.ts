import { getBackend } from "@tensorflow/tfjs-core";
import { adamWOp } from "../ops/adamW";
import { decoderSequenceOp } from "../ops/decoderSequence";
import { bernoulliOp, normalOp } from "../ops/draws";
import { droppedOp } from "../ops/dropped";
import { gruSequenceOp } from "../ops/gruSequence";
import { joinBinsOp } from "../ops/joinBins";
import { linearOp } from "../ops/linear";
import { maskedOp } from "../ops/masked";
import { useImplementation } from "../ops/op";
import { poissonLossOp } from "../ops/poissonLoss";
import { swapOp } from "../ops/swap";
import { takeRowsOp } from "../ops/takeRows";
import { adamWKernel } from "./wasm/adamW";
import { decoderSequenceKernel } from "./wasm/decoderSequence";
import { bernoulliKernel, normalKernel } from "./wasm/draws";
import { droppedKernel } from "./wasm/dropped";
import { gruSequenceKernel } from "./wasm/gruSequence";
import { joinBinsKernel } from "./wasm/joinBins";
import { linearKernel } from "./wasm/linear";
import { loadMachine } from "./wasm/load";
import type { Machine } from "./wasm/machine";
import { maskedKernel } from "./wasm/masked";
import { poissonLossKernel } from "./wasm/poissonLoss";
import { copyClones } from "./wasm/shareClones";
import { swapKernel } from "./wasm/swap";
import { takeRowsKernel } from "./wasm/takeRows";

/** Which implementation the operations run on: plain tensor operations, or kernels in SIMD WebAssembly. */
export type KernelPath = "composed" | "simd";

/** Backends whose tensors are in the memory of this process. */
const BACKENDS = ["cpu", "wasm"];

let machine: Promise<Machine> | null = null;
let path: KernelPath = "composed";

/**
 * From now on the backends `cpu` and `wasm` run the operations as fused kernels in SIMD WebAssembly; other backends go on as
 * they were. Numbers differ from those of the composed path in the last bits.
 *
 * @throws if the engine has no SIMD WebAssembly
 */
export async function useFusedKernels(): Promise<void> {
  machine ??= loadMachine();
  use(await machine);
  path = "simd";
}

/** Back to plain tensor operations on every backend. */
export function useComposedKernels(): void {
  use(null);
  path = "composed";
}

/** The path of the current backend. */
export function kernelPath(): KernelPath {
  return BACKENDS.includes(getBackend()) ? path : "composed";
}

function use(loaded: Machine | null): void {
  if (!loaded) for (const backend of BACKENDS) copyClones(backend);
  for (const backend of BACKENDS) {
    useImplementation(backend, bernoulliOp, loaded && bernoulliKernel(loaded));
    useImplementation(backend, normalOp, loaded && normalKernel(loaded));
    useImplementation(backend, gruSequenceOp, loaded && gruSequenceKernel(loaded));
    useImplementation(backend, decoderSequenceOp, loaded && decoderSequenceKernel(loaded));
    useImplementation(backend, joinBinsOp, loaded && joinBinsKernel(loaded));
    useImplementation(backend, linearOp, loaded && linearKernel(loaded));
    useImplementation(backend, droppedOp, loaded && droppedKernel(loaded));
    useImplementation(backend, maskedOp, loaded && maskedKernel(loaded));
    useImplementation(backend, swapOp, loaded && swapKernel(loaded));
    useImplementation(backend, takeRowsOp, loaded && takeRowsKernel(loaded));
    useImplementation(backend, poissonLossOp, loaded && poissonLossKernel(loaded));
    useImplementation(backend, adamWOp, loaded && adamWKernel(loaded));
  }
}
