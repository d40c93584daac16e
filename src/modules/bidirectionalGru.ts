import { concat, type Tensor } from "@tensorflow/tfjs-core";
import { bin, gruSequence, repeatRow } from "../ops";
import type { RandomStream } from "../random";
import { ClippedGruCell } from "./clippedGruCell";
import { type Parameters, prefixed, scoped } from "./parameters";

/** Options of {@link BidirectionalGru}. */
export interface BidirectionalGruOptions {
  readonly inputSize: number;
  /** Units of each direction. */
  readonly units: number;
  /** Bound on the absolute state. @default 5 */
  readonly clip?: number;
}

/** States of both directions; `forward` has seen the bins up to its own, `backward` those from its own on. */
export interface BidirectionalStates {
  /** `[bins, batch, units]` */
  readonly forward: Tensor;
  /** `[bins, batch, units]` */
  readonly backward: Tensor;
  /** Last state of each direction, `[batch, 2 units]`, computed when it is asked for. */
  readonly final: Tensor;
}

/**
 * Bidirectional clipped GRU.
 *
 * Parameters: those of {@link ClippedGruCell} under `fwd_gru.cell` and `bwd_gru.cell`; both kernels start as
 * N(0, 1 / (inputs + units)).
 */
export class BidirectionalGru {
  readonly units: number;
  readonly #cell: ClippedGruCell;

  constructor({ inputSize, units, clip = 5 }: BidirectionalGruOptions) {
    this.units = units;
    this.#cell = new ClippedGruCell({ inputSize, stateSize: units, clip, fan: inputSize + units });
  }

  init(stream: RandomStream): Parameters {
    const directions = ["fwd_gru.cell", "bwd_gru.cell"];
    return Object.assign(
      {},
      ...directions.map((name) => prefixed(name, this.#cell.init(stream.fork(name)))),
    ) as Parameters;
  }

  /**
   * @param x `[bins, batch, inputs]`
   * @param h0 initial states, forward then backward: `[2, batch, units]` or `[2, 1, units]`
   */
  apply(parameters: Parameters, x: Tensor, h0: Tensor): BidirectionalStates {
    const [bins, batch] = x.shape as [number, number];
    const run = (direction: number, name: string) => {
      const start = bin(h0, direction); // [batch or 1, units]
      const weights = this.#cell.weights(scoped(parameters, name));
      const state = start.shape[0] === batch ? start : repeatRow(start, batch);
      return gruSequence(x, weights, state, { clip: this.#cell.clip, reverse: direction === 1 });
    };
    const forward = run(0, "fwd_gru.cell");
    const backward = run(1, "bwd_gru.cell");
    return {
      forward,
      backward,
      get final() {
        return concat([bin(forward, bins - 1), bin(backward, 0)], 1);
      },
    };
  }
}
