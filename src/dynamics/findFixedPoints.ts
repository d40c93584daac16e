import type { NdArray } from "../data/ndarray";
import { pauses } from "../model/pauses";
import { descend } from "./descend";
import { atInput, type Dynamics } from "./dynamics";
import { describeFixedPoint, type FixedPoint } from "./fixedPoint";
import { jacobians } from "./jacobians";
import { gather, newtonPolish, newtonStep } from "./newton";
import { evaluate, residualAt } from "./residual";
import { uniqueRows } from "./uniqueRows";

export interface FindFixedPointsOptions {
  /** Inputs to hold fixed; the search runs for each of them. @default one search without input */
  readonly inputs?: readonly (readonly number[])[];
  /** A point with a higher q is not converged. @default 1e-12 */
  readonly tolerance?: number;
  /** Most steps of gradient descent. @default 1000 */
  readonly iterations?: number;
  /** First steps of gradient descent, relative to the mean distance of the starts from their mean. @default 0.01 */
  readonly learningRate?: number;
  /** Most steps of Newton's method. @default 20 */
  readonly newtonSteps?: number;
  /** Points closer than this are one. @default 0.001 */
  readonly uniqueDistance?: number;
  /** Points further from the mean of the starts than this many mean distances of a start are dropped. @default 10 */
  readonly outlierFactor?: number;
  readonly onProgress?: (progress: FixedPointProgress) => void;
  /** Stops with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How far a search is. */
export interface FixedPointProgress {
  /** Number of the input of a sweep. */
  readonly input: number;
  readonly phase: "descent" | "newton";
  /** Steps of gradient descent so far, or of Newton's method. */
  readonly iteration: number;
}

/** What a search found; points are in the order of inputs, then of q. */
export interface FixedPoints {
  /** Fixed points: q within the tolerance. */
  readonly points: readonly FixedPoint[];
  /** Minima of q above the tolerance, where the system is slow or the search has not ended: no fixed points. */
  readonly slowPoints: readonly FixedPoint[];
  /** Number of starts that ended too far away. */
  readonly outliers: number;
  /** Number of starts that did not stay finite. */
  readonly diverged: number;
}

/** Half the distance from 1 to the next number of float32. */
const ROUNDING = 2 ** -24;

/**
 * Fixed points of a map, x = F(x, u), or of a flow, f(x, u) = 0, and the linear dynamics about each. All states descend
 * together on q = |F(x) - x|^2 / 2, or |f(x)|^2 / 2, on the current backend; Newton's method with exact Jacobians then takes
 * those that are near a fixed point to it. Points that are one are merged: the one of lowest q stays.
 *
 * ```ts
 * import { square, sub } from "@tensorflow/tfjs-core";
 * import { findFixedPoints, ndarray } from "lfads";
 *
 * const starts = ndarray(Float64Array.of(-1.2, -0.5, 0.5, 1.5), [4, 1]);
 * const { points } = await findFixedPoints({ flow: (x) => sub(1, square(x)) }, starts);
 * const found = points.map(({ state, stability }) => `${state[0]!.toFixed(2)} ${stability}`);
 * console.log(found.sort().join()); // -1.00 unstable,1.00 stable
 * ```
 *
 * Values of float32 are never as small as a tolerance that is too strict for the scale of a system. A point also counts as
 * converged where q is what rounding of the state leaves: half the square of 2^-24 |J| s, with s the mean distance of the
 * starts from their mean, or the norm of the point if larger. As one coordinate may be far larger or faster than the others,
 * such a point must also be within `uniqueDistance` of where the next step of Newton's method would take it.
 *
 * Source: Sussillo & Barak 2013, Opening the black box, Neural Computation 25; Golub & Sussillo 2018, FixedPointFinder,
 * Journal of Open Source Software 3. Unlike there, points that did not converge are kept apart, and Newton's method follows.
 *
 * @param starts `[..., size]`: states to search from, best where the system is (see {@link sampleStates})
 * @throws if there is no start, a start or an input is not finite, values have not the shape of the states, or an option is
 *   out of range
 */
export async function findFixedPoints(
  dynamics: Dynamics,
  starts: NdArray,
  options: FindFixedPointsOptions = {},
): Promise<FixedPoints> {
  const { inputs } = options;
  const size = checkStarts(starts);
  checkOptions(options);
  const found = { points: [] as FixedPoint[], slowPoints: [] as FixedPoint[], outliers: 0, diverged: 0 };
  for (const [i, input] of (inputs ?? [null]).entries()) {
    const at = await findAtInput(dynamics, Float32Array.from(starts.data), size, input, i, options);
    found.points.push(...at.points);
    found.slowPoints.push(...at.slowPoints);
    found.outliers += at.outliers;
    found.diverged += at.diverged;
  }
  return found;
}

async function findAtInput(
  dynamics: Dynamics,
  starts: Float32Array,
  size: number,
  input: readonly number[] | null,
  inputNumber: number,
  {
    tolerance = 1e-12,
    iterations = 1000,
    learningRate = 0.01,
    newtonSteps = 20,
    uniqueDistance = 1e-3,
    outlierFactor = 10,
    onProgress,
    signal,
  }: FindFixedPointsOptions,
): Promise<FixedPoints> {
  const residual = residualAt(dynamics, input);
  const pause = pauses();
  const between = (phase: FixedPointProgress["phase"]) => async (iteration: number) => {
    signal?.throwIfAborted();
    onProgress?.({ input: inputNumber, phase, iteration });
    await pause();
    signal?.throwIfAborted();
  };
  await checkValues(residual, starts, size);
  const { centre, spread } = cloud(starts, size);
  const descended = await descend(residual, starts, size, {
    iterations,
    learningRate: learningRate * (spread || 1),
    tolerance,
    between: between("descent"),
  });
  const before = await evaluate(residual, descended, size);
  const candidates = uniqueRows(descended, before.q, size, uniqueDistance);
  if (candidates.length === 0) {
    return { points: [], slowPoints: [], outliers: 0, diverged: starts.length / size };
  }
  const rows = candidates.map(({ row }) => row);
  const polished = await newtonPolish(residual, gather(descended, rows, size), size, {
    steps: newtonSteps,
    between: between("newton"),
  });
  const { q, residuals } = await evaluate(residual, polished, size);
  const unique = uniqueRows(polished, q, size, uniqueDistance);
  const derivatives = await jacobians(
    atInput(dynamics, input),
    gather(
      polished,
      unique.map(({ row }) => row),
      size,
    ),
    size,
  );

  const isMap = "map" in dynamics;
  const points: FixedPoint[] = [];
  const slowPoints: FixedPoint[] = [];
  let [outliers, kept] = [0, 0];
  unique.forEach(({ row, members }, i) => {
    const count = members.reduce((sum, member) => sum + candidates[member]!.members.length, 0);
    const state = Float64Array.from(polished.subarray(row * size, (row + 1) * size));
    const jacobian = derivatives.subarray(i * size * size, (i + 1) * size * size);
    if (!jacobian.every(Number.isFinite)) return;
    kept += count;
    if (spread > 0 && distance(state, centre) > outlierFactor * spread) {
      outliers += count;
      return;
    }
    const resolution = ROUNDING * norm(jacobian) * Math.max(norm(state), spread);
    const remaining = residuals.subarray(row * size, (row + 1) * size);
    const converged =
      q[row]! <= tolerance ||
      (q[row]! <= resolution ** 2 / 2 && toRoot(jacobian, remaining, isMap) < uniqueDistance);
    const found = { state, input, q: q[row]!, starts: count };
    (converged ? points : slowPoints).push(describeFixedPoint(found, jacobian, isMap));
  });
  return { points, slowPoints, outliers, diverged: starts.length / size - kept };
}

/** Length of the next step of Newton's method: large about a minimum of q that is no root. */
function toRoot(jacobian: Float32Array, residual: Float32Array, isMap: boolean): number {
  const size = residual.length;
  const derivative = jacobian.map((value, i) => (isMap && i % (size + 1) === 0 ? value - 1 : value));
  const step = newtonStep(derivative, residual);
  return step ? norm(step) : Infinity;
}

/** Mean of the starts and their mean distance from it. */
function cloud(
  starts: Float32Array,
  size: number,
): { readonly centre: Float64Array; readonly spread: number } {
  const rows = starts.length / size;
  const centre = new Float64Array(size);
  starts.forEach((value, i) => {
    centre[i % size]! += value / rows;
  });
  let spread = 0;
  for (let row = 0; row < rows; row++) {
    spread += distance(starts.subarray(row * size, (row + 1) * size), centre) / rows;
  }
  return { centre, spread };
}

function distance(a: Float32Array | Float64Array, b: Float64Array): number {
  return Math.hypot(...b.map((value, k) => a[k]! - value));
}

function norm(values: Float32Array | Float64Array): number {
  return Math.hypot(...values);
}

/** Size of the states. */
function checkStarts({ data, shape }: NdArray): number {
  const size = shape.at(-1) ?? 0;
  if (shape.length < 2 || data.length === 0) {
    throw new Error(`findFixedPoints: starts must be [..., size] and not empty, got [${shape}]`);
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new Error(
      `findFixedPoints: starts must be finite, got ${data[bad]} in row ${Math.floor(bad / size)}`,
    );
  }
  return size;
}

function checkOptions({ inputs, iterations, newtonSteps, ...rest }: FindFixedPointsOptions): void {
  if (inputs?.length === 0) throw new Error("findFixedPoints: inputs must not be empty, got none");
  for (const input of inputs ?? []) {
    if (input.length === 0 || input.length !== inputs![0]!.length || !input.every(Number.isFinite)) {
      throw new Error(`findFixedPoints: inputs must be finite and of one size, got [${input}]`);
    }
  }
  for (const [name, value] of Object.entries({ iterations, newtonSteps })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 0)) {
      throw new Error(`findFixedPoints: ${name} must be a whole number, got ${value}`);
    }
  }
  for (const name of ["tolerance", "learningRate", "uniqueDistance", "outlierFactor"] as const) {
    const value = rest[name];
    if (value !== undefined && !(value > 0)) {
      throw new Error(`findFixedPoints: ${name} must be positive, got ${value}`);
    }
  }
}

/** @throws if values have not the shape of the states */
async function checkValues(
  residual: ReturnType<typeof residualAt>,
  starts: Float32Array,
  size: number,
): Promise<void> {
  const { residuals } = await evaluate(residual, starts, size);
  if (residuals.length !== starts.length) {
    throw new Error(
      `findFixedPoints: values must have the shape of the states, [${starts.length / size}, ${size}], got ${residuals.length} numbers`,
    );
  }
}
