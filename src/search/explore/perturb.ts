import { exploreBounds } from "../bounds";
import type { SearchDraws } from "../draws";
import { DEFAULT_WEIGHT, type IntegerParameter, type RangeParameter, type SearchParameter } from "../space";
import type { Values } from "../values";

/** Tries after which a value is clipped. */
const TRIES = 100;

/**
 * A value times a random factor, drawn again, always from the old value, until it is inside the bounds; the hundredth is clipped.
 * A choice goes to one of its neighbours.
 *
 * @param factor for an explore weight
 */
export function perturb(
  parameter: SearchParameter,
  value: Values[string],
  factor: (weight: number, draws: SearchDraws) => number,
  draws: SearchDraws,
): Values[string] {
  if (parameter.type === "choice") {
    const { values } = parameter;
    const i = values.indexOf(value);
    const neighbours = [i - 1, i + 1].filter((j) => j >= 0 && j < values.length);
    return neighbours.length === 0 ? value : values[neighbours[draws.integer(neighbours.length)]!]!;
  }
  const [low, high] = exploreBounds(parameter);
  for (let tries = 1; ; tries++) {
    const moved = multiply(parameter, Number(value), factor(parameter.weight ?? DEFAULT_WEIGHT, draws));
    if (moved >= low && moved <= high) return moved;
    if (tries === TRIES) return Math.min(high, Math.max(low, moved));
  }
}

/** A number times a factor; an integer goes to the next one if the factor is too small to reach it. */
export function multiply(
  parameter: RangeParameter | IntegerParameter,
  value: number,
  factor: number,
): number {
  const moved = value * factor;
  if (parameter.type !== "integer") return moved;
  const rounded = Math.round(moved) + 0; // no negative zero
  return rounded === value ? value + (Math.sign(moved - value) || Math.sign(factor - 1)) : rounded;
}
