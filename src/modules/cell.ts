import type { Tensor } from "@tensorflow/tfjs-core";
import { splitBins, stackBins } from "../ops";
import type { RandomStream } from "../random";
import type { Parameters } from "./parameters";

/**
 * One step of a recurrent network: what a generator or a controller is. Implement it to give `LFADS` dynamics of your
 * own; every operation in `step` must have a gradient.
 */
export interface Cell {
  /** Width of the input; 0 for an autonomous cell. */
  readonly inputSize: number;
  /** Width of the state. */
  readonly stateSize: number;
  /** Names of the parameters that the L2 penalty acts on. */
  readonly recurrentKernels: readonly string[];
  /** Numbers that the gradient of a bin needs of each trial: what `fit` estimates memory by. @default 4 stateSize, those of a GRU */
  readonly savedNumbers?: number;
  /** New parameters; the caller owns the tensors. */
  init(stream: RandomStream): Parameters;
  /**
   * State after one bin.
   * @param input `[batch, inputSize]`, null for an autonomous cell
   * @param state `[batch, stateSize]`
   * @returns `[batch, stateSize]`
   */
  step(parameters: Parameters, input: Tensor | null, state: Tensor): Tensor;
  /**
   * A faster way to the states of all bins; null where step by step is the only one.
   * @param inputs `[bins, batch, inputSize]`, null for an autonomous cell
   * @param state before the first bin, `[batch, stateSize]`
   * @returns `[bins, batch, stateSize]`, each after its bin
   */
  sequence?(parameters: Parameters, inputs: Tensor | null, state: Tensor, bins: number): Tensor | null;
}

/** States of a cell after each of the bins, `[bins, batch, stateSize]`; parameters as of {@link Cell.sequence}. */
export function unroll(
  cell: Cell,
  parameters: Parameters,
  inputs: Tensor | null,
  state: Tensor,
  bins: number,
): Tensor {
  const fast = cell.sequence?.(parameters, inputs, state, bins);
  if (fast) return fast;
  const inputBins = inputs && splitBins(inputs);
  const states: Tensor[] = [];
  for (let t = 0; t < bins; t++) {
    states.push(cell.step(parameters, inputBins && inputBins[t]!, states.at(-1) ?? state));
  }
  return stackBins(states);
}
