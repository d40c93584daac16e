import type { IntegerParameter, RangeParameter, SearchParameter, SearchSpace } from "./space";
import type { Values } from "./values";

/** Where exploring may take a number: all of it finite, and above 0 for what is not bounded. */
export function exploreBounds(parameter: RangeParameter | IntegerParameter): readonly [number, number] {
  const free = parameter.type !== "integer" && parameter.bounded === false;
  return free ? [Number.MIN_VALUE, Number.MAX_VALUE] : [parameter.low, parameter.high];
}

/** Whether exploring may give a parameter this value. */
export function isInside(parameter: SearchParameter, value: unknown): boolean {
  if (parameter.type === "choice") return parameter.values.some((choice) => choice === value);
  const [low, high] = exploreBounds(parameter);
  if (typeof value !== "number" || (parameter.type === "integer" && !Number.isInteger(value))) return false;
  return value >= low && value <= high;
}

/** Returns values if they are all that a space asks for and inside its bounds. */
export function requireInside(caller: string, space: SearchSpace, values: Values): Values {
  for (const [name, parameter] of Object.entries(space)) {
    if (!isInside(parameter, values[name])) {
      throw new Error(`${caller}: ${name} must be inside its bounds, got ${values[name]}`);
    }
  }
  return values;
}
