import type { LFADS } from "../model";
import type { NamedArrays, TrainingState } from "./state";

/**
 * Checks that a training state is one of this model.
 * @throws if a parameter or moment is missing, unknown or of another shape
 */
export function checkResume(model: LFADS, { parameters, optimizer, best }: TrainingState): void {
  const all = Object.keys(model.parameters);
  const trained = all.filter((name) => !model.frozen.has(name));
  check(model, "parameters", parameters, all);
  check(model, "optimizer.first", optimizer.first, trained);
  check(model, "optimizer.second", optimizer.second, trained);
  if (best) check(model, "best.parameters", best.parameters, all);
}

function check(model: LFADS, group: string, arrays: NamedArrays, names: readonly string[]): void {
  const missing = names.filter((name) => !arrays[name]);
  const unknown = Object.keys(arrays).filter((name) => !names.includes(name));
  if (missing.length > 0 || unknown.length > 0) {
    throw new Error(
      `fit: resume.${group} must have the names of the model; missing: ${missing.join(", ") || "none"}; ` +
        `unknown: ${unknown.join(", ") || "none"}`,
    );
  }
  for (const name of names) {
    const expected = model.parameters[name]!.shape;
    const got = arrays[name]!.shape;
    if (`${got}` !== `${expected}`) {
      throw new Error(`fit: resume.${group} "${name}" must have shape [${expected}], got [${got}]`);
    }
  }
}
