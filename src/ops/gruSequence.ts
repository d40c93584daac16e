import {
  add,
  addN,
  broadcastTo,
  concat,
  matMul,
  reshape,
  stack,
  sum,
  type Tensor,
  tidy,
  zeros,
} from "@tensorflow/tfjs-core";
import {
  type Gates,
  gateColumns,
  gateRows,
  gruSlopes,
  gruStep,
  gruStepGradient,
  joinRows,
  mapGates,
  recurrentWeightGradient,
  slopesAt,
  statesBefore,
} from "./gruStep";
import { at } from "./heap";
import { asMatrix, transposedMatMul } from "./linear";
import { type Op, runOp } from "./op";

/** Parameters of a GRU, gates in the order z, r, n. */
export interface GruWeights {
  /** `[3H, inputs]`; absent when the cell has no inputs. */
  readonly weightIh?: Tensor | undefined;
  /** `[3H, H]` */
  readonly weightHh: Tensor;
  /** `[3H]` */
  readonly bias: Tensor;
}

/** Options of {@link gruSequence}. */
export interface GruSequenceOptions {
  /** Bins to run when there is no input to count them by. */
  readonly bins?: number;
  /** Bound on the absolute state. @default 5 */
  readonly clip?: number;
  /** Run from the last bin to the first; outputs stay in the order of the bins. @default false */
  readonly reverse?: boolean;
}

/** Inputs of {@link gruSequenceOp}. */
export type GruInputs = { weightHh: Tensor; bias: Tensor; h0: Tensor; x?: Tensor; weightIh?: Tensor };
/** Attributes of {@link gruSequenceOp}. */
export type SequenceAttributes = { clip: number; reverse: boolean; bins: number };

/** The kernel. */
export const gruSequenceOp: Op<GruInputs & Record<string, Tensor>, SequenceAttributes> = {
  name: "LfadsGruSequence",
  results: 1,
  outputs: 4,
  forward({ x, weightIh, weightHh, bias, h0 }, { bins, clip, reverse }) {
    return tidy(() => {
      const [batch, units] = h0.shape as [number, number];
      const biases = gateRows(bias);
      const shape = [bins, batch, units];
      const rows = x && asMatrix(x);
      const gates =
        rows && weightIh
          ? mapGates(gateColumns(weightIh), (w, gate) => reshape(add(matMul(rows, w), biases[gate]), shape))
          : mapGates(biases, (b) => broadcastTo(b, shape));
      const u = gateColumns(weightHh);
      const collected: Record<"state" | keyof Gates, Tensor[]> = { state: [], z: [], r: [], n: [] };
      let previous = h0;
      for (const t of order(bins, reverse)) {
        const step = tidy(() => ({
          ...gruStep(
            mapGates(gates, (g) => at(g, t)),
            previous,
            u,
            clip,
          ),
        }));
        collected.state[t] = step.state;
        collected.z[t] = step.z;
        collected.r[t] = step.r;
        collected.n[t] = step.n;
        previous = step.state;
      }
      return [stack(collected.state), stack(collected.z), stack(collected.r), stack(collected.n)];
    });
  },
  gradient([dStates], { x, weightIh, weightHh, h0 }, outputs, { bins, clip, reverse }) {
    const [batch, units] = h0.shape as [number, number];
    const [states, z, r, n] = outputs as [Tensor, Tensor, Tensor, Tensor];
    const before = tidy(() => statesBefore(states, h0, reverse)); // [bins * batch, H]
    const { dGates, dH0 } = tidy(() => {
      const u = gateRows(weightHh);
      const slopes = gruSlopes({ state: states, z, r, n }, reshape(before, states.shape), clip);
      const byBin: Record<keyof Gates, Tensor[]> = { z: [], r: [], n: [] };
      let carried: Tensor = zeros([batch, units]);
      for (const t of order(bins, !reverse)) {
        const { dGates, dPrevious } = tidy(() =>
          gruStepGradient(add(at(dStates!, t), carried), slopesAt(slopes, t), u),
        );
        byBin.z[t] = dGates.z;
        byBin.r[t] = dGates.r;
        byBin.n[t] = dGates.n;
        carried.dispose();
        carried = dPrevious;
      }
      const rows = (tensors: Tensor[]) => asMatrix(concat(tensors, 0));
      return { dGates: { z: rows(byBin.z), r: rows(byBin.r), n: rows(byBin.n) }, dH0: carried };
    });
    return {
      x: () => {
        const w = gateRows(weightIh!);
        const parts = [matMul(dGates.z, w.z), matMul(dGates.r, w.r), matMul(dGates.n, w.n)];
        return reshape(addN(parts), x!.shape);
      },
      weightIh: () => {
        const rows = asMatrix(x!);
        return joinRows(mapGates(dGates, (d) => transposedMatMul(d, rows)));
      },
      weightHh: () => recurrentWeightGradient(dGates, before, asMatrix(r)),
      bias: () => joinRows(mapGates(dGates, (d) => sum(d, 0))),
      h0: () => dH0.clone(),
    };
  },
};

function* order(bins: number, reverse: boolean): Generator<number> {
  for (let i = 0; i < bins; i++) yield reverse ? bins - 1 - i : i;
}

/**
 * Clipped GRU over a whole sequence, with one gradient for all of it: the input projection is one product over time, and
 * so are the weight gradients. The reset gate acts before the recurrent product (as in lfads-torch and the original
 * LFADS, not as in cuDNN).
 *
 * @example
 * ```ts
 * import { randomNormal, zeros } from "@tensorflow/tfjs-core";
 * import { gruSequence } from "lfads";
 *
 * const [bins, trials, inputs, units] = [20, 8, 30, 64];
 * const x = randomNormal([bins, trials, inputs]);
 * const weights = {
 *   weightIh: randomNormal([3 * units, inputs], 0, 0.1),
 *   weightHh: randomNormal([3 * units, units], 0, 0.1),
 *   bias: zeros([3 * units]),
 * };
 * const states = gruSequence(x, weights, zeros([trials, units]));
 * console.log(states.shape); // [ 20, 8, 64 ]
 * ```
 * @param x `[bins, batch, inputs]`, or null for a cell without inputs
 * @param weights input and recurrent weights and bias
 * @param h0 `[batch, H]`
 * @returns states after each bin, `[bins, batch, H]`
 * @throws if the shapes do not fit
 */
export function gruSequence(
  x: Tensor | null,
  { weightIh, weightHh, bias }: GruWeights,
  h0: Tensor,
  { clip = 5, reverse = false, bins = x?.shape[0] ?? 0 }: GruSequenceOptions = {},
): Tensor {
  const units = weightHh.shape[1]!;
  const expect = (condition: boolean, rule: string, tensor: Tensor) => {
    if (!condition) throw new Error(`gruSequence: ${rule}, got [${tensor.shape}]`);
  };
  expect(weightHh.rank === 2 && weightHh.shape[0] === 3 * units, "weightHh must be [3H, H]", weightHh);
  expect(bias.rank === 1 && bias.shape[0] === 3 * units, `bias must be [${3 * units}]`, bias);
  expect(h0.rank === 2 && h0.shape[1] === units, `h0 must be [batch, ${units}]`, h0);
  if (!(bins >= 1)) throw new Error(`gruSequence: needs at least one bin, got ${bins}`);
  if (!(clip > 0)) throw new Error(`gruSequence: clip must be positive, got ${clip}`);
  if (!x || !weightIh) {
    return runOp(gruSequenceOp, { weightHh, bias, h0 }, { bins, clip, reverse })[0]!;
  }
  expect(x.rank === 3 && x.shape[1] === h0.shape[0], `x must be [bins, ${h0.shape[0]}, inputs]`, x);
  expect(
    weightIh.shape[0] === 3 * units && weightIh.shape[1] === x.shape[2],
    `weightIh must be [${3 * units}, ${x.shape[2]}]`,
    weightIh,
  );
  return runOp(gruSequenceOp, { weightHh, bias, h0, x, weightIh }, { bins, clip, reverse })[0]!;
}
