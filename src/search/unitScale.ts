import { exp, log } from "../random/arithmetic";
import type { IntegerParameter, RangeParameter } from "./space";

/** The value of a parameter at a place in its range, from 0 for `low` to 1 for `high`; on a logarithmic scale for `logUniform`. */
export function fromUnit(parameter: RangeParameter | IntegerParameter, place: number): number {
  const { type, low, high } = parameter;
  const value =
    type === "logUniform" ? exp(log(low) + place * (log(high) - log(low))) : low + place * (high - low);
  const inside = Math.min(high, Math.max(low, value)); // rounding
  return type === "integer" ? Math.round(inside) + 0 : inside; // no negative zero
}

/** The place of a value in the range of its parameter. */
export function toUnit({ type, low, high }: RangeParameter | IntegerParameter, value: number): number {
  return type === "logUniform"
    ? (log(value) - log(low)) / (log(high) - log(low))
    : (value - low) / (high - low);
}
