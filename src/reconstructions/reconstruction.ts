import { slice, type Tensor } from "@tensorflow/tfjs-core";
import type { Parameters } from "../modules/parameters";

/** Data of a batch, and where it was observed; everywhere when that is absent. */
export interface Observations {
  readonly data: Tensor;
  readonly observed?: Tensor | undefined;
}

/** Observation model: what the readout parameterises. */
export interface Reconstruction {
  /** Readout columns for each channel; the readout has `parametersPerChannel * channels`, one block after the other. */
  readonly parametersPerChannel: number;
  /** Whether data must be counts: whole, non-negative. */
  readonly counts: boolean;
  /** What data it can explain, where that is neither counts nor any number. */
  readonly support?: { readonly rule: string; has(value: number): boolean };
  /** Trainable parameters of its own; the caller owns the tensors. */
  init?(channels: number): Parameters;
  readonly loss: ElementLoss;
  /** Expected value of the data, `[..., channels]`: rates per bin for counts. */
  mean(readout: Tensor, parameters: Parameters): Tensor;
  /** Penalty on its own parameters, a scalar, added to the L2 penalty. */
  penalty?(parameters: Parameters): Tensor;
}

/** Negative log-likelihood of every element. */
export interface ElementLoss {
  /**
   * @param data `[..., channels]`
   * @param readout `[..., parametersPerChannel * channels]`
   * @param observed where `data` was observed (1) and not (0), its shape; all of it when absent
   * @param whole what `data` and `observed` are some trials of, for statistics of the batch; by default they are all of it
   * @returns `[..., channels]`
   */
  (data: Tensor, readout: Tensor, parameters: Parameters, observed?: Tensor, whole?: Observations): Tensor;
  /**
   * The sum of the loss straight from the factors behind an affine readout, where that can be had at less cost.
   *
   * @returns scalars: the sum of the loss times `lossWeight`, and times `heldOutWeight`, 0 without one
   */
  fromFactors?(input: FactorLossInput): { readonly total: Tensor; readonly heldOut: Tensor };
}

/** What {@link ElementLoss.fromFactors} takes; B trials, T bins, N channels, F factors. */
export interface FactorLossInput {
  /** `[T, B, F]` */
  readonly factors: Tensor;
  /** Of the readout, `[N, F]` and `[N]`. */
  readonly weight: Tensor;
  readonly bias: Tensor;
  /** `[B, T, N]` */
  readonly data: Tensor;
  /** Factor of every element, `[B, T, N]`. */
  readonly lossWeight?: Tensor;
  /** Factor of every element's gradient, `[B, T, N]`. */
  readonly gradientMask?: Tensor;
  /** Factors of the elements that come first, `[B, T or fewer, N or fewer]`. */
  readonly heldOutWeight?: Tensor;
}

/** The blocks of a readout, each `[..., channels]`. */
export function blocks(readout: Tensor, count: number): Tensor[] {
  const width = readout.shape[readout.rank - 1]! / count;
  const lead = readout.shape.slice(0, -1);
  return Array.from({ length: count }, (_, i) =>
    slice(readout, [...lead.map(() => 0), i * width], [...lead, width]),
  );
}
