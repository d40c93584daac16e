import "@tensorflow/tfjs-layers"; // registers the gradients of the tensor operations
import {
  add,
  dispose,
  div,
  grad,
  mul,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tensor2d,
  tidy,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { evaluate, speed } from "./residual";

export interface DescentOptions {
  /** Most steps. */
  readonly iterations: number;
  /** Length of the first steps in each coordinate; it falls linearly to 0. */
  readonly learningRate: number;
  /** Ends where q of all rows is below. */
  readonly tolerance: number;
  /** Called between steps, every few. */
  readonly between: (iteration: number) => Promise<void>;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
/** Steps between looks at q. */
const LOOK = 50;

/**
 * Moves all states downhill on q by Adam (Kingma & Ba 2015). Rows do not touch each other, so that one that diverges
 * spoils no other: not so with `adamW`, which clips by the norm of all.
 *
 * @param states `[rows, size]`
 * @returns the states at the end, in the same order
 */
export async function descend(
  residual: (state: Tensor) => Tensor,
  states: Float32Array,
  size: number,
  { iterations, learningRate, tolerance, between }: DescentOptions,
): Promise<Float32Array> {
  const slope = grad((state: Tensor) => sum(speed(residual(state))));
  let now: Tensor[] = tidy(() => {
    const start = tensor2d(states, [states.length / size, size]);
    return [start, zerosLike(start), zerosLike(start)];
  });
  try {
    for (let i = 0; i < iterations; i++) {
      if (i % LOOK === 0) {
        await between(i);
        const { q } = await evaluate(residual, (await now[0]!.data()) as Float32Array, size);
        if (q.every((value) => value < tolerance)) break;
      }
      const rate = learningRate * (1 - i / iterations);
      const next = tidy(() => {
        const [state, first, second] = now as [Tensor, Tensor, Tensor];
        const g = slope(state);
        const m = add(mul(first, BETA1), mul(g, 1 - BETA1));
        const v = add(mul(second, BETA2), mul(square(g), 1 - BETA2));
        const size = add(sqrt(div(v, 1 - BETA2 ** (i + 1))), EPSILON);
        return [sub(state, mul(div(m, size), rate / (1 - BETA1 ** (i + 1)))), m, v];
      });
      dispose(now);
      now = next;
    }
    return (await now[0]!.data()) as Float32Array;
  } finally {
    dispose(now);
  }
}
