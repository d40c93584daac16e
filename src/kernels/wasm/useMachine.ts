import { decoderSequenceOp } from "../../ops/decoderSequence";
import { bernoulliOp, normalOp } from "../../ops/draws";
import { gruSequenceOp } from "../../ops/gruSequence";
import type { KernelPath } from "../../ops/kernelPath";
import { linearOp } from "../../ops/linear";
import { useImplementation } from "../../ops/op";
import { decoderSequenceKernel } from "./decoderSequence";
import { bernoulliKernel, normalKernel } from "./draws";
import { gruSequenceKernel } from "./gruSequence";
import { linearKernel } from "./linear";
import type { Machine } from "./machine";

/** Gives a path the kernels of a machine. */
export function useMachine(path: KernelPath, machine: Machine): void {
  useImplementation(path, bernoulliOp, bernoulliKernel(machine));
  useImplementation(path, normalOp, normalKernel(machine));
  useImplementation(path, gruSequenceOp, gruSequenceKernel(machine));
  useImplementation(path, decoderSequenceOp, decoderSequenceKernel(machine));
  useImplementation(path, linearOp, linearKernel(machine));
}
