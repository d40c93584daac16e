import type { Named, Values } from "./differences";
import { binsOf, dot, gruStep, rows } from "./gruReference";

/** The decoder loop one trial and one number at a time; outputs flattened `[bins, batch, width]`. */
export function decoderSequence(inputs: Named<Values>, clip: number): Record<string, number[]> {
  const { controllerInput, noise, externalInputs, factorMask, generatorMask, coBias } = inputs;
  const con = { ih: rows(inputs.conWeightIh!), hh: rows(inputs.conWeightHh!), bias: inputs.conBias!.data };
  const gen = { ih: rows(inputs.genWeightIh!), hh: rows(inputs.genWeightHh!), bias: inputs.genBias!.data };
  const [coWeight, facWeight] = [rows(inputs.coWeight!), rows(inputs.facWeight!)];
  const outputs = coWeight.length / 2;
  /** What an optional input gives to a trial in a bin. */
  const reader = (values: Values | undefined) => {
    const all = values && binsOf(values);
    return (t: number, trial: number) => (all ? all[t]![trial]! : null);
  };
  const [eps, external] = [reader(noise), reader(externalInputs)];
  const [keepFactor, keepState] = [reader(factorMask), reader(generatorMask)];
  const masked = (x: readonly number[], mask: readonly number[] | null) =>
    mask ? x.map((value, i) => value * mask[i]!) : x;

  let before = rows(inputs.con0!).map((c, trial) => ({
    c: c as readonly number[],
    g: rows(inputs.gen0!)[trial]! as readonly number[],
    factors: rows(inputs.factor0!)[trial]! as readonly number[],
  }));
  const results: Record<string, number[]> = {
    ...{ factors: [], coMean: [], coLogvar: [], controllerOutputs: [] },
    ...{ generatorStates: [], controllerStates: [] },
  };
  binsOf(controllerInput!).forEach((bin, t) => {
    before = bin.map((x, trial) => {
      const last = before[trial]!;
      const seen = [...x, ...masked(last.factors, keepFactor(t, trial))];
      const c = gruStep(seen, last.c, con, clip);
      const both = coWeight.map((weights, i) => dot(weights, c) + coBias!.data[i]!);
      const [mean, logvar] = [both.slice(0, outputs), both.slice(outputs)];
      const noiseNow = eps(t, trial);
      const u = mean.map((m, i) => m + (noiseNow ? Math.exp(logvar[i]! / 2) * noiseNow[i]! : 0));
      const g = gruStep([...u, ...(external(t, trial) ?? [])], last.g, gen, clip);
      const factors = facWeight.map((weights) => dot(weights, masked(g, keepState(t, trial))));
      const values = { factors, coMean: mean, coLogvar: logvar, controllerOutputs: u };
      for (const [name, value] of Object.entries({ ...values, generatorStates: g, controllerStates: c })) {
        results[name]!.push(...value);
      }
      return { c, g, factors };
    });
  });
  return results;
}
