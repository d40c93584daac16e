import { concat, pad, slice, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type Op, runOp } from "./op";

/** Where a part goes: its bins `from`, `from + 1`, ... become the bins `to`, `to + 1`, ..., `count` of them. */
export interface Place {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** What {@link joinBins} takes, each `[its bins, batch, its width]`. */
export type JoinedParts = { readonly first: Tensor; readonly second: Tensor };
/** Attributes of {@link joinBinsOp}. */
export type JoinAttributes = {
  readonly bins: number;
  readonly places: { readonly [Name in keyof JoinedParts]: Place };
};

/** The kernel. */
export const joinBinsOp: Op<JoinedParts, JoinAttributes> = {
  name: "LfadsJoinBins",
  results: 1,
  outputs: 1,
  forward(parts, { bins, places }) {
    return [
      tidy(() =>
        concat([moved(parts.first, places.first, bins), moved(parts.second, places.second, bins)], 2),
      ),
    ];
  },
  gradient([dy], { first, second }, _, { places }) {
    const back = (x: Tensor, { from, to, count }: Place, column: number) =>
      tidy(() => {
        const own = slice(dy!, [0, 0, column], [-1, -1, x.shape[2]!]);
        return moved(own, { from: to, to: from, count }, x.shape[0]!);
      });
    return {
      first: () => back(first, places.first, 0),
      second: () => back(second, places.second, first.shape[2]!),
    };
  },
};

/** The bins of a part at their place, zeros around them. */
function moved(x: Tensor, { from, to, count }: Place, bins: number): Tensor {
  return pad(slice(x, [from, 0, 0], [count, -1, -1]), [
    [to, bins - to - count],
    [0, 0],
    [0, 0],
  ]);
}

/**
 * Two sequences side by side, each moved in time: `[bins, batch, width of both]`, zero where there is nothing.
 *
 * @throws if the parts have different batches, or a place lies outside of its part or of the result
 */
export function joinBins(parts: JoinedParts, places: JoinAttributes["places"], bins: number): Tensor {
  const { first, second } = parts;
  if (first.rank !== 3 || second.rank !== 3 || first.shape[1] !== second.shape[1]) {
    throw new Error(
      `joinBins: parts must be [bins, batch, n] with one batch, got [${first.shape}] and [${second.shape}]`,
    );
  }
  for (const name of ["first", "second"] as const) {
    const { from, to, count } = places[name];
    const own = parts[name].shape[0]!;
    if (!(from >= 0 && to >= 0 && count >= 0 && from + count <= own && to + count <= bins)) {
      throw new Error(
        `joinBins: the ${name} part's ${count} bins must lie within its ${own} and the result's ${bins}, got from ${from} and to ${to}`,
      );
    }
  }
  return runOp(joinBinsOp, { ...parts }, { bins, places })[0]!;
}
