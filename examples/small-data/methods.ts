import {
  autolfadsSpace,
  defaultHyperparameters,
  type LfadsTrainerOptions,
  pbt,
  randomSearch,
  type Scheduler,
  type SearchSpace,
} from "lfads";

/** How much a search may train: that of all members of PBT. */
export interface Budget {
  readonly members: number;
  /** Of each member; the first `ramp` of them bring in divergences and penalties. */
  readonly epochs: number;
  readonly ramp: number;
  readonly generationEpochs: number;
}

/** A way to hyperparameters, and how the trainings go. */
export interface Method {
  readonly label: string;
  /** Whether a member's score is that of its best epoch; PBT needs that of the weights it copies. */
  readonly bestEpoch: boolean;
  readonly fit: LfadsTrainerOptions["fit"];
  scheduler(budget: Budget, seed: number): Scheduler<unknown>;
}

const { learningRate, ...others } = autolfadsSpace;

export const methods = {
  plain: fixed("defaults, no coordinated dropout", 0),
  defaults: fixed("defaults", defaultHyperparameters.coordinatedDropout),
  // The learning rate is not drawn but decays, as it does where hyperparameters stay as they are.
  random: {
    label: "random search",
    bestEpoch: true,
    fit: { learningRateDecay: {} },
    scheduler: ({ members, epochs }, seed) => randomSearch({ space: others, members, epochs, seed }),
  },
  pbt: {
    label: "PBT",
    bestEpoch: false,
    fit: {},
    scheduler: ({ members, epochs, ramp, generationEpochs }, seed) =>
      pbt({
        space: autolfadsSpace,
        population: members,
        burnIn: ramp,
        generationEpochs,
        generations: Math.floor((epochs - ramp) / generationEpochs),
        stop: null,
        seed,
      }),
  },
} as const satisfies Readonly<Record<string, Method>>;

/** One training with hyperparameters that nobody searched. */
function fixed(label: string, coordinatedDropout: number): Method {
  const space: SearchSpace = { coordinatedDropout: { type: "choice", values: [coordinatedDropout] } };
  return {
    label,
    bestEpoch: true,
    fit: { learningRateDecay: {} },
    scheduler: ({ epochs }, seed) => randomSearch({ space, members: 1, epochs, seed }),
  };
}
