import { type Tensor, zeros } from "@tensorflow/tfjs-core";
import { joinBins, posterior } from "../ops";
import type { RandomStream } from "../random";
import { BidirectionalGru } from "./bidirectionalGru";
import { type Dropout, drop } from "./dropout";
import { Linear } from "./linear";
import { type Parameters, parameter, prefixed, scoped } from "./parameters";

/** A diagonal posterior. */
export interface Posterior {
  /** `[..., size]` */
  readonly mean: Tensor;
  /** `[..., size]` */
  readonly std: Tensor;
}

/** Options of {@link InitialConditionEncoder}. */
export interface InitialConditionEncoderOptions {
  readonly inputSize: number;
  /** Units of each direction. */
  readonly units: number;
  /** Size of the initial condition. */
  readonly outputs: number;
  /** Least posterior variance, added to `exp(logvar)`. @default 1e-4 */
  readonly varianceMin?: number;
  /** Bound on the absolute state. @default 5 */
  readonly clip?: number;
}

/**
 * From spikes to the posterior of the initial condition: the final states of a bidirectional GRU, dropout, an affine
 * map to mean and log-variance, `std = sqrt(exp(logvar) + varianceMin)`.
 *
 * Parameters: `ic_enc_h0` `[2, 1, units]`, `ic_enc.*`, `ic_linear.*`.
 */
export class InitialConditionEncoder {
  readonly outputs: number;
  readonly #units: number;
  readonly #gru: BidirectionalGru;
  readonly #linear: Linear;
  readonly #varianceMin: number;

  constructor({ inputSize, units, outputs, varianceMin = 1e-4, clip = 5 }: InitialConditionEncoderOptions) {
    this.outputs = outputs;
    this.#units = units;
    this.#gru = new BidirectionalGru({ inputSize, units, clip });
    this.#linear = new Linear(2 * units, 2 * outputs);
    this.#varianceMin = varianceMin;
  }

  init(stream: RandomStream): Parameters {
    return {
      ic_enc_h0: zeros([2, 1, this.#units]),
      ...prefixed("ic_enc", this.#gru.init(stream.fork("ic_enc"))),
      ...prefixed("ic_linear", this.#linear.init(stream.fork("ic_linear"))),
    };
  }

  /**
   * @param x `[bins, batch, inputs]`
   * @returns posterior with mean and std `[batch, outputs]`
   */
  apply(parameters: Parameters, x: Tensor, dropout: Dropout = null): Posterior {
    const { final } = this.#gru.apply(scoped(parameters, "ic_enc"), x, parameter(parameters, "ic_enc_h0"));
    const both = this.#linear.apply(scoped(parameters, "ic_linear"), drop(final, dropout, "ic_enc_final"));
    return posterior(both, this.#varianceMin);
  }
}

/** Options of {@link ControllerInputEncoder}. */
export interface ControllerInputEncoderOptions {
  readonly inputSize: number;
  /** Units of each direction. */
  readonly units: number;
  /** Bins by which the controller's view of the data is delayed, from both sides. @default 1 */
  readonly lag?: number;
  /** Bound on the absolute state. @default 5 */
  readonly clip?: number;
}

/**
 * From spikes to the controller input: states of a bidirectional GRU, of which the controller sees in bin t the forward
 * one of bin `t - lag` and the backward one of bin `t + lag`, zero outside of the data.
 *
 * Parameters: `ci_enc_h0` `[2, 1, units]`, `ci_enc.*`.
 */
export class ControllerInputEncoder {
  readonly outputs: number;
  readonly #units: number;
  readonly #gru: BidirectionalGru;
  readonly #lag: number;

  constructor({ inputSize, units, lag = 1, clip = 5 }: ControllerInputEncoderOptions) {
    if (!Number.isInteger(lag) || lag < 0) {
      throw new Error(`ControllerInputEncoder: lag must be a non-negative integer, got ${lag}`);
    }
    this.outputs = 2 * units;
    this.#units = units;
    this.#gru = new BidirectionalGru({ inputSize, units, clip });
    this.#lag = lag;
  }

  init(stream: RandomStream): Parameters {
    return {
      ci_enc_h0: zeros([2, 1, this.#units]),
      ...prefixed("ci_enc", this.#gru.init(stream.fork("ci_enc"))),
    };
  }

  /**
   * @param x `[bins, batch, inputs]`
   * @param around bins of zeros before and after those of the data @default none
   * @returns `[before + bins + after, batch, 2 units]`
   */
  apply(parameters: Parameters, x: Tensor, { before = 0, after = 0 } = {}): Tensor {
    const { forward, backward } = this.#gru.apply(
      scoped(parameters, "ci_enc"),
      x,
      parameter(parameters, "ci_enc_h0"),
    );
    const bins = x.shape[0]!;
    const lag = Math.min(this.#lag, bins);
    const count = bins - lag;
    return joinBins(
      { first: forward, second: backward },
      { first: { from: 0, to: before + lag, count }, second: { from: lag, to: before, count } },
      before + bins + after,
    );
  }
}
