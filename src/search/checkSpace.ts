import type {
  ChoiceParameter,
  IntegerParameter,
  RangeParameter,
  SearchParameter,
  SearchSpace,
} from "./space";

const FIELDS: Readonly<Record<SearchParameter["type"], readonly string[]>> = {
  uniform: ["type", "low", "high", "initial", "weight", "bounded"],
  logUniform: ["type", "low", "high", "initial", "weight", "bounded"],
  integer: ["type", "low", "high", "initial", "weight"],
  choice: ["type", "values", "initial"],
};

/**
 * Checks that a space makes sense and, given the names of the hyperparameters that a training knows, that it knows all of these.
 *
 * ```ts
 * import { autolfadsSpace, checkSpace, defaultHyperparameters } from "lfads";
 *
 * checkSpace(autolfadsSpace, Object.keys(defaultHyperparameters));
 * ```
 *
 * @throws if a parameter has a type, a field, bounds, an initial value or a weight that cannot be, if the space is empty, or if a
 *   name is not one of `names`
 */
export function checkSpace(space: SearchSpace, names?: readonly string[]): void {
  requireSpace("checkSpace", space);
  const unknown = names && Object.keys(space).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Error(`checkSpace: no hyperparameter is called "${unknown}", there are ${names?.join(", ")}`);
  }
}

/** Returns a space that is sound, as a copy that nobody changes any more. */
export function requireSpace(caller: string, space: SearchSpace): SearchSpace {
  const entries = Object.entries(space ?? {});
  if (entries.length === 0)
    throw new Error(`${caller}: space must hold at least one hyperparameter, got none`);
  for (const [name, parameter] of entries) requireParameter(`${caller}: space.${name}`, parameter);
  return JSON.parse(JSON.stringify(space)) as SearchSpace;
}

function requireParameter(where: string, parameter: SearchParameter): void {
  const { type } = parameter ?? {};
  if (!Object.hasOwn(FIELDS, type)) {
    throw new Error(`${where}: type must be ${Object.keys(FIELDS).join(", ")}, got ${type}`);
  }
  const unknown = Object.keys(parameter).find((field) => !FIELDS[type].includes(field));
  if (unknown !== undefined) {
    throw new Error(`${where}: a parameter of type ${type} has no field "${unknown}"`);
  }
  if (parameter.type === "choice") requireChoice(where, parameter);
  else requireNumber(where, parameter);
}

function requireNumber(where: string, parameter: RangeParameter | IntegerParameter): void {
  const { type, low, high, initial, weight } = parameter;
  const [kind, fits] =
    type === "integer" ? ["integers", Number.isSafeInteger] : ["finite numbers", Number.isFinite];
  if (!fits(low) || !fits(high) || !(low < high)) {
    throw new Error(`${where}: bounds must be ${kind}, low below high, got ${low} and ${high}`);
  }
  if (!Number.isFinite(high - low)) {
    throw new Error(`${where}: the range must not be wider than a number can be, got ${low} and ${high}`);
  }
  if (type === "integer" && high - low >= 0x80000000) {
    throw new Error(`${where}: there must be at most 2^31 integers from low to high, got ${low} and ${high}`);
  }
  if (type === "logUniform" && !(low > 0)) throw new Error(`${where}: low must be above 0, got ${low}`);
  if (initial !== undefined && !(fits(initial) && initial >= low && initial <= high)) {
    throw new Error(`${where}: initial must be one of the ${kind} from ${low} to ${high}, got ${initial}`);
  }
  if (weight !== undefined && !(weight > 0 && weight < Infinity)) {
    throw new Error(`${where}: weight must be a finite number above 0, got ${weight}`);
  }
  if (parameter.type !== "integer") requireBounded(where, parameter.bounded, low, initial);
}

function requireBounded(where: string, bounded: unknown, low: number, initial: number | undefined): void {
  if (bounded !== undefined && typeof bounded !== "boolean") {
    throw new Error(`${where}: bounded must be true or false, got ${bounded}`);
  }
  if (bounded === false && !(low >= 0 && initial !== 0)) {
    const value = low >= 0 ? `initial ${initial}` : `low ${low}`;
    throw new Error(`${where}: what is not bounded must begin above 0, got ${value}`);
  }
}

function requireChoice(where: string, { values, initial }: ChoiceParameter): void {
  const plain = (value: unknown) =>
    typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
  if (!Array.isArray(values) || values.length === 0 || !values.every(plain)) {
    throw new Error(
      `${where}: values must be at least one finite number, string or boolean, got ${JSON.stringify(values)}`,
    );
  }
  if (new Set(values).size !== values.length) {
    throw new Error(`${where}: values must be all different, got ${JSON.stringify(values)}`);
  }
  if (initial !== undefined && !values.includes(initial)) {
    throw new Error(`${where}: initial must be one of ${JSON.stringify(values)}, got ${initial}`);
  }
}
