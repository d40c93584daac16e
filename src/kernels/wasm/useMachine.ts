import { adamWOp } from "../../ops/adamW";
import { decoderSequenceOp } from "../../ops/decoderSequence";
import { bernoulliOp, normalOp } from "../../ops/draws";
import { exponentialOp } from "../../ops/exponential";
import { gruSequenceOp } from "../../ops/gruSequence";
import { joinBinsOp } from "../../ops/joinBins";
import { type KernelPath, useVersion } from "../../ops/kernelPath";
import { linearOp } from "../../ops/linear";
import { useImplementation } from "../../ops/op";
import { poissonLossOp } from "../../ops/poissonLoss";
import { swapOp } from "../../ops/swap";
import { takeRowsOp } from "../../ops/takeRows";
import { adamWKernel } from "./adamW";
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
  useImplementation(path, bernoulliOp, bernoulliKernel(machine));
  useImplementation(path, normalOp, normalKernel(machine));
  useImplementation(path, gruSequenceOp, gruSequenceKernel(machine));
  useImplementation(path, decoderSequenceOp, decoderSequenceKernel(machine));
  useImplementation(path, joinBinsOp, joinBinsKernel(machine));
  useVersion(path, "dropped", droppedKernel(machine));
  useVersion(path, "masked", maskedKernel(machine));
  useImplementation(path, exponentialOp, exponentialKernel(machine));
  useImplementation(path, swapOp, swapKernel(machine));
  useImplementation(path, takeRowsOp, takeRowsKernel(machine));
  useImplementation(path, poissonLossOp, poissonLossKernel(machine));
  useImplementation(path, adamWOp, adamWKernel(machine));
  useImplementation(path, linearOp, linearKernel(machine));
}
