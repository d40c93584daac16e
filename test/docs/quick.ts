/** The library as snippets see it: the same, but that what takes long in earnest is cut short. */
import * as lfads from "../../src";

export * from "../../src";

export const fit: typeof lfads.fit = (model, data, options = {}) =>
  lfads.fit(model, data, { ...options, epochs: Math.min(options.epochs ?? 2, 2) });

export const pbt: typeof lfads.pbt = (options) =>
  lfads.pbt(
    options.space === lfads.autolfadsSpace
      ? { ...options, population: 2, generations: 2, generationEpochs: 1, burnIn: 0 }
      : options,
  );

export const simulateAttractor: typeof lfads.simulateAttractor = (options = {}) =>
  lfads.simulateAttractor({ ...options, trials: Math.min(options.trials ?? 100, 200) });

export const sampleStates: typeof lfads.sampleStates = (states, options) =>
  lfads.sampleStates(states, { count: 16, ...options });
