import {
  add,
  cos,
  mul,
  pow,
  scalar,
  sin,
  square,
  stack,
  sub,
  type Tensor,
  unstack,
} from "@tensorflow/tfjs-core";
import { ndarray } from "../../src/data";
import { normal, RandomStream } from "../../src/random";

/** Columns of states `[rows, size]` to columns of derivatives. */
const field = (f: (columns: Tensor[]) => Tensor[]) => (state: Tensor) => stack(f(unstack(state, 1)), 1);

export const lorenz = (beta: number) =>
  field(([x, y, z]) => [
    mul(10, sub(y!, x!)),
    sub(mul(x!, sub(28, z!)), y!),
    sub(mul(x!, y!), mul(beta, z!)),
  ]);

export const roessler = field(([x, y, z]) => [
  sub(mul(-1, y!), z!),
  add(x!, mul(0.2, y!)),
  add(0.2, mul(z!, sub(x!, 5.7))),
]);

export const arneodo = field(([x, y, z]) => [
  y!,
  z!,
  sub(sub(sub(mul(5.5, x!), mul(4.5, y!)), z!), pow(x!, 3)),
]);

/** A double well with friction. */
export const duffing = field(([x, y]) => [y!, sub(sub(x!, pow(x!, 3)), mul(0.3, y!))]);

/** Turns about an unstable focus at (1, -2) and settles on a circle of radius 1 about it. */
export const cycle = field(([a, b]) => {
  const [x, y] = [sub(a!, 1), add(b!, 2)];
  const pull = sub(1, add(square(x), square(y)));
  return [sub(mul(x, pull), mul(3, y)), add(mul(y, pull), mul(3, x))];
});

/** |f| is at least 0.03: it has slow points at x = 0 (mod 2 pi) but no fixed point. */
export const ghost = field(([x, y]) => [sub(1.03, cos(x!)), sub(mul(0.1, sin(x!)), y!)]);

/** |f| is at least 2e-5, less than rounding of y makes of the other part. */
export const ghostFarAway = field(([x, y]) => [sub(1.00002, cos(x!)), sub(1000, y!)]);
export const ghostBesideStiff = field(([x, y]) => [sub(1.00002, cos(x!)), mul(-1000, y!)]);

/** One step of the classic Runge-Kutta method. */
export function rungeKutta(f: (state: Tensor) => Tensor, h: number): (state: Tensor) => Tensor {
  return (state) => {
    const k1 = f(state);
    const k2 = f(add(state, mul(k1, h / 2)));
    const k3 = f(add(state, mul(k2, h / 2)));
    const k4 = f(add(state, mul(k3, h)));
    return add(state, mul(add(add(k1, k4), mul(scalar(2), add(k2, k3))), h / 6));
  };
}

/** Normal draws about a centre. */
export function cloud(rows: number, centre: readonly number[], sd: number, seed = 0) {
  const data = normal(RandomStream.fromSeed(seed).fork("cloud"), rows * centre.length, 0, sd);
  return ndarray(
    data.map((value, i) => value + centre[i % centre.length]!),
    [rows, centre.length],
  );
}
