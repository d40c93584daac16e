/** What a training reached, all on validation trials. */
export interface Scores {
  /** Bits per spike. */
  readonly heldIn: number;
  readonly coBps?: number;
  readonly velocityR2?: number;
  /** R2 of the inferred against the true rates, over channels. */
  readonly rateR2?: { readonly mean: number; readonly median: number };
  /** R2 of the true latent states, decoded from the factors. */
  readonly latentR2?: number;
}

/** A training: which, how long, how good. */
export interface Row {
  readonly set: string;
  readonly seed: number;
  /** What the operations ran on. */
  readonly path: string;
  /** Epochs done, and the one of the best weights. */
  readonly epochs: number;
  readonly best?: number;
  readonly stopReason?: string;
  readonly minutes: number;
  /** Of all threads. */
  readonly cpuMinutes: number;
  /** Absent while the training is under way. */
  readonly scores?: Scores;
}
