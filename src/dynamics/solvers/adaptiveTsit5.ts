import {
  abs,
  add,
  div,
  getBackend,
  maximum,
  mean,
  mul,
  square,
  type Tensor,
  tidy,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { refuseUnknown } from "../../data/refuseUnknown";
import { moved, slopesOf } from "../../ops/tableau";
import type { Derivative, OdeSolver } from "./odeSolver";
import { tsit5 } from "./tsit5";

/** Options of {@link adaptiveTsit5}. */
export interface AdaptiveOptions {
  /** @default 1e-3 */
  readonly absoluteTolerance?: number;
  /** Per size of a state. @default 1e-3 */
  readonly relativeTolerance?: number;
  /** Length that is tried first, at most the time to go. @default all of it */
  readonly firstStep?: number;
  /** Tries for one call of `step`. @default 1000 */
  readonly maxSteps?: number;
}

/** What an adaptive solver has done since it was made. */
export interface StepStatistics {
  readonly accepted: number;
  readonly rejected: number;
  /** Of the derivative. */
  readonly evaluations: number;
}

/** A solver that chooses its steps. */
export interface AdaptiveSolver extends OdeSolver {
  readonly statistics: StepStatistics;
}

/** Of all seven slopes in the difference between the results of order 5 and 4. */
const ERROR_WEIGHTS = [
  ...[-0.001780011052225777, -0.0008164344596567469, 0.007880878010261995, -0.1447110071732629],
  ...[0.5823571654525552, -0.45808210592918697, 1 / 66],
];

/** A step is at most this much longer or shorter than the one before it. */
const [MOST, LEAST] = [10, 0.2];
/** The next step is a little shorter than the error allows. */
const SAFETY = 0.9;
/** Steps shorter than this part of the whole time are a sign that the state leaves for infinity. */
const SHORTEST = 1e-9;

/**
 * The method of Tsitouras (2011) with steps as long as the tolerances allow. The step is one for all rows; every row keeps to
 * the tolerances: the root mean square of `error / (absolute + relative * |state|)` over its numbers is at most 1.
 * Every call of `step` starts anew, so that it depends on nothing that came before. The gradient is that of the accepted steps.
 *
 * Whether a step is accepted is read back after every try: of little weight on cpu and wasm, slow on webgl and on webgpu, and
 * impossible on webgpu in Node.
 *
 * @throws if an option is out of range; in `step`, if the backend cannot read synchronously, the state or its derivative is not
 * finite, the steps get too short, or `maxSteps` are used up
 */
export function adaptiveTsit5(options: AdaptiveOptions = {}): AdaptiveSolver {
  refuseUnknown("adaptiveTsit5", options, [
    "absoluteTolerance",
    "relativeTolerance",
    "firstStep",
    "maxSteps",
  ]);
  const {
    absoluteTolerance = 1e-3,
    relativeTolerance = 1e-3,
    firstStep = Infinity,
    maxSteps = 1000,
  } = options;
  for (const [name, value] of Object.entries({ absoluteTolerance, relativeTolerance, firstStep })) {
    if (!(value > 0)) throw new Error(`adaptiveTsit5: ${name} must be positive, got ${value}`);
  }
  if (!Number.isInteger(maxSteps) || maxSteps < 1) {
    throw new Error(`adaptiveTsit5: maxSteps must be a positive integer, got ${maxSteps}`);
  }
  const counts = { accepted: 0, rejected: 0, evaluations: 0 };

  /** The error of a step in units of the tolerances, that of the worst row; no finite number if a number is not. */
  const errorOf = (slopes: readonly Tensor[], time: number, before: Tensor, after: Tensor): number =>
    tidy(() => {
      const error = moved(zerosLike(before), slopes, ERROR_WEIGHTS, time);
      const size = maximum(abs(before), abs(after));
      const ratio = div(error, add(absoluteTolerance, mul(relativeTolerance, size)));
      const rows = mean(square(ratio), -1).dataSync<"float32">();
      return Math.sqrt(rows.reduce((worst, row) => Math.max(worst, row), 0));
    });

  const step = (derivative: Derivative, start: Tensor, time: number): Tensor => {
    if (!(time > 0 && time < Infinity)) {
      throw new Error(`adaptiveTsit5: time must be positive and finite, got ${time}`);
    }
    if (!readsSynchronously()) {
      throw new Error(
        `adaptiveTsit5: the backend must be able to read synchronously, got "${getBackend()}"; take tsit5`,
      );
    }
    const counted: Derivative = (state) => {
      counts.evaluations++;
      return derivative(state);
    };
    let [state, done, length] = [start, 0, Math.min(firstStep, time)];
    let slope = counted(state);
    for (let tries = 0; tries < maxSteps; tries++) {
      const last = done + length >= time;
      const own = last ? time - done : length;
      const slopes = slopesOf(tsit5.tableau, counted, state, own, slope);
      const after = moved(state, slopes, tsit5.tableau.weights, own);
      const slopeAfter = counted(after);
      const error = errorOf([...slopes, slopeAfter], own, state, after);
      const wanted = SAFETY * error ** (-1 / tsit5.order);
      length = own * (Number.isFinite(error) ? Math.min(Math.max(wanted, LEAST), MOST) : LEAST);
      if (error <= 1) {
        counts.accepted++;
        if (last) return after;
        [state, slope, done] = [after, slopeAfter, done + own];
        continue;
      }
      counts.rejected++;
      const where = `at time ${done} of ${time}`;
      for (const [name, x] of Object.entries({ state, derivative: slope })) {
        const wrong = x.dataSync().find((value) => !Number.isFinite(value));
        if (wrong !== undefined)
          throw new Error(`adaptiveTsit5: the ${name} must be finite, got ${wrong} ${where}`);
      }
      if (length < SHORTEST * time) {
        throw new Error(
          `adaptiveTsit5: steps must be at least ${SHORTEST * time} long, got ${length} ${where}`,
        );
      }
    }
    throw new Error(
      `adaptiveTsit5: the time must be done in at most ${maxSteps} steps, got to ${done} of ${time}`,
    );
  };
  return {
    name: "adaptiveTsit5",
    order: 5,
    step,
    get statistics() {
      return { ...counts };
    },
  };
}

/** webgpu does so through a canvas. */
function readsSynchronously(): boolean {
  return getBackend() !== "webgpu" || typeof OffscreenCanvas !== "undefined";
}
