import { adamWOp } from "../../ops/adamW";
import { binOp } from "../../ops/bin";
import { decoderSequenceOp } from "../../ops/decoderSequence";
import { bernoulliOp, normalOp } from "../../ops/draws";
import { droppedOp } from "../../ops/dropped";
import { exponentialOp } from "../../ops/exponential";
import { gruSequenceOp } from "../../ops/gruSequence";
import { joinBinsOp } from "../../ops/joinBins";
import type { KernelPath } from "../../ops/kernelPath";
import { linearOp } from "../../ops/linear";
import { maskedOp } from "../../ops/masked";
import { useImplementation } from "../../ops/op";
import { poissonLossOp } from "../../ops/poissonLoss";
import { swapOp } from "../../ops/swap";
import { takeRowsOp } from "../../ops/takeRows";
import { adamWKernel } from "./adamW";
import { binKernel } from "./bin";
import { decoderSequenceKernel } from "./decoderSequence";
import { bernoulliKernel, normalKernel } from "./draws";
import { droppedKernel } from "./dropped";
import { exponentialKernel } from "./exponential";
import { gruSequenceKernel } from "./gruSequence";
import { joinBinsKernel } from "./joinBins";
import { linearKernel } from "./linear";
import type { Machine } from "./machine";
import { maskedKernel } from "./masked";
import { poissonLossKernel } from "./poissonLoss";
import { swapKernel } from "./swap";
import { takeRowsKernel } from "./takeRows";

/** Gives a path the kernels of a machine. */
export function useMachine(path: KernelPath, machine: Machine): void {
  useImplementation(path, binOp, binKernel(machine));
  useImplementation(path, bernoulliOp, bernoulliKernel(machine));
  useImplementation(path, normalOp, normalKernel(machine));
  useImplementation(path, gruSequenceOp, gruSequenceKernel(machine));
  useImplementation(path, decoderSequenceOp, decoderSequenceKernel(machine));
  useImplementation(path, joinBinsOp, joinBinsKernel(machine));
  useImplementation(path, droppedOp, droppedKernel(machine));
  useImplementation(path, maskedOp, maskedKernel(machine));
  useImplementation(path, exponentialOp, exponentialKernel(machine));
  useImplementation(path, swapOp, swapKernel(machine));
  useImplementation(path, takeRowsOp, takeRowsKernel(machine));
  useImplementation(path, poissonLossOp, poissonLossKernel(machine));
  useImplementation(path, adamWOp, adamWKernel(machine));
  useImplementation(path, linearOp, linearKernel(machine));
}
