import { reshape, type Tensor } from "@tensorflow/tfjs-core";
import type { Cell, Parameters } from "../modules";
import { odeSequence } from "../ops";
import type { RandomStream } from "../random";
import { MlpVectorField } from "./mlpVectorField";
import { type OdeSolver, rungeKutta4 } from "./solvers";
import { RungeKutta } from "./solvers/rungeKutta";
import type { VectorField } from "./vectorField";

/** Evaluations of the field in a step where they are not known: those of an adaptive step and another try. */
const ADAPTIVE = 12;

/** Options of {@link NeuralOdeCell}. */
export interface NeuralOdeCellOptions {
  readonly field: VectorField;
  /** @default rungeKutta4 */
  readonly solver?: OdeSolver;
  /** Time of the field that passes in a bin. @default 1 */
  readonly timeStep?: number;
  /** Steps of the solver in a bin, all of the same length. @default 1 */
  readonly stepsPerBin?: number;
}

/**
 * A neural ODE as a cell (Chen et al. 2018; as a generator Sedler, Versteeg & Pandarinath 2023): the state follows a vector field
 * for the time of a bin, over which the input is held. With `euler` it is the discrete variant, `x + timeStep f(x, u)`.
 *
 * The state is not bounded. One that leaves for infinity shows as a loss that is not finite, which `fit` skips and counts, or as an error of
 * an adaptive solver.
 *
 * Parameters: those of the field.
 *
 * @example
 * ```ts
 * import { LFADS, MlpVectorField, NeuralOdeCell, rungeKutta4 } from "lfads";
 *
 * const model = new LFADS({
 *   channels: 50,
 *   bins: 70,
 *   generator: {
 *     cell: (inputSize) =>
 *       new NeuralOdeCell({
 *         field: new MlpVectorField({ inputSize, stateSize: 3 }),
 *         solver: rungeKutta4,
 *         timeStep: 0.1,
 *       }),
 *   },
 * });
 * ```
 */
export class NeuralOdeCell implements Cell {
  readonly inputSize: number;
  readonly stateSize: number;
  readonly recurrentKernels: readonly string[];
  readonly field: VectorField;
  readonly solver: OdeSolver;
  readonly timeStep: number;
  readonly stepsPerBin: number;

  /** @throws if `timeStep` is not positive, or `stepsPerBin` not a positive integer */
  constructor({ field, solver = rungeKutta4, timeStep = 1, stepsPerBin = 1 }: NeuralOdeCellOptions) {
    if (!(timeStep > 0 && timeStep < Infinity)) {
      throw new Error(`NeuralOdeCell: timeStep must be positive and finite, got ${timeStep}`);
    }
    if (!Number.isInteger(stepsPerBin) || stepsPerBin < 1) {
      throw new Error(`NeuralOdeCell: stepsPerBin must be a positive integer, got ${stepsPerBin}`);
    }
    this.inputSize = field.inputSize;
    this.stateSize = field.stateSize;
    this.recurrentKernels = field.recurrentKernels;
    this.field = field;
    this.solver = solver;
    this.timeStep = timeStep;
    this.stepsPerBin = stepsPerBin;
  }

  /**
   * Of the plain tensor operations. The fused ones need a hundredth of it, but a batch must be cut alike on all paths: every chunk draws
   * for itself.
   */
  get savedNumbers(): number {
    const { field, solver, stepsPerBin } = this;
    const evaluations = isRungeKutta(solver) ? solver.tableau.weights.length : ADAPTIVE;
    return stepsPerBin * evaluations * (field.savedNumbers ?? 4 * field.stateSize);
  }

  init(stream: RandomStream): Parameters {
    return this.field.init(stream);
  }

  /** @throws if the derivative does not have the shape of the state */
  step(parameters: Parameters, input: Tensor | null, state: Tensor): Tensor {
    const x = input && reshape(input, [1, ...input.shape]);
    const fast = this.#fast(parameters, x, state, 1);
    if (fast) return reshape(fast, state.shape);
    const derivative = (at: Tensor) => {
      const slope = this.field.derivative(parameters, input, at);
      if (`${slope.shape}` !== `${at.shape}`) {
        throw new Error(
          `NeuralOdeCell: the derivative must have the shape of the state [${at.shape}], got [${slope.shape}]`,
        );
      }
      return slope;
    };
    let next = state;
    for (let i = 0; i < this.stepsPerBin; i++) {
      next = this.solver.step(derivative, next, this.timeStep / this.stepsPerBin);
    }
    return next;
  }

  /** Null unless the field is an `MlpVectorField`, the solver one of a tableau, and the step this class's own. */
  sequence(parameters: Parameters, inputs: Tensor | null, state: Tensor, bins: number): Tensor | null {
    return this.step === NeuralOdeCell.prototype.step ? this.#fast(parameters, inputs, state, bins) : null;
  }

  #fast(parameters: Parameters, inputs: Tensor | null, state: Tensor, bins: number): Tensor | null {
    const { field, solver, timeStep, stepsPerBin } = this;
    if (!isMlp(field) || !isRungeKutta(solver)) return null;
    return odeSequence(inputs, field.weights(parameters), state, {
      ...{ bins, activation: field.activation, tableau: solver.tableau, timeStep, stepsPerBin },
    });
  }
}

/** Whether the fused operation computes the field's own derivative: not so for a subclass with another one. */
function isMlp(field: VectorField): field is MlpVectorField {
  return field instanceof MlpVectorField && field.derivative === MlpVectorField.prototype.derivative;
}

/** Whether the fused operation takes the solver's own step. */
function isRungeKutta(solver: OdeSolver): solver is RungeKutta {
  return solver instanceof RungeKutta && solver.step === RungeKutta.prototype.step;
}
