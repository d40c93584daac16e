import type { LFADS } from "../model";
import type { NamedArrays, TrainingSetup, TrainingState } from "./state";

/**
 * Checks that a training state is one of this model and of this training.
 * @throws if a parameter or moment is missing, unknown or of another shape, a counter is no number, or the setup differs
 */
export function checkResume(model: LFADS, state: TrainingState, setup: TrainingSetup): void {
  const { parameters, optimizer, best, batch, plateau, stopping, skipped } = state;
  const all = Object.keys(model.parameters);
  const trained = all.filter((name) => !model.frozen.has(name));
  check(model, "parameters", parameters, all);
  check(model, "optimizer.first", optimizer.first, trained);
  check(model, "optimizer.second", optimizer.second, trained);
  if (best) check(model, "best.parameters", best.parameters, all);
  const counters = {
    ...{ epoch: state.epoch, batch, "optimizer.step": optimizer.step, "skipped.row": skipped?.row },
    ...{ "plateau.learningRate": plateau?.learningRate, "stopping.badEpochs": stopping?.badEpochs },
  };
  for (const [name, value] of Object.entries(counters)) {
    if (!(typeof value === "number" && value >= 0)) {
      throw new Error(`fit: resume.${name} must be a number, not negative, got ${value}`);
    }
  }
  if (!Array.isArray(state.history))
    throw new Error(`fit: resume.history must be a list, got ${state.history}`);
  if (batch > 0 && state.setup.batches !== setup.batches) {
    throw new Error(
      `fit: a training stopped within an epoch must go on with its ${state.setup.batches} batches, got ${setup.batches}`,
    );
  }
  for (const name of ["sampleValidation", "horizon"] as const) {
    const [before, now] = [state.setup, setup].map((of) => JSON.stringify(of[name] ?? null));
    if (before !== now) throw new Error(`fit: ${name} must stay what it was, ${before}, got ${now}`);
  }
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
