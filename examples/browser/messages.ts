import type { Settings } from "./settings";
import type { Source } from "./sources";

/** TensorFlow.js backends that the page offers. */
export const BACKENDS = ["wasm", "cpu", "webgl", "webgpu"] as const;
export type Backend = (typeof BACKENDS)[number];

/** What the page asks of its worker. */
export type Request =
  | { readonly type: "load"; readonly source: Source }
  | {
      readonly type: "start";
      readonly backend: Backend;
      readonly threads: number;
      readonly settings: Settings;
    }
  | { readonly type: "resume"; readonly settings: Settings }
  | { readonly type: "pause" }
  /** From now on this validation trial is shown. */
  | { readonly type: "show"; readonly trial: number }
  | { readonly type: "results" };

/** A data set in numbers. */
export interface DataFacts {
  readonly trials: { readonly train: number; readonly valid: number };
  /** Validation trials that are shown and scored while a model trains: the first ones. */
  readonly shown: number;
  readonly bins: number;
  /** Undefined where the file does not say. */
  readonly binMs: number | undefined;
  readonly heldIn: number;
  readonly channels: number;
}

/** One validation trial, arrays row by row `[bins, channels]`. */
export interface TrialPicture {
  readonly trial: number;
  readonly bins: number;
  readonly channels: number;
  /** Channels from top to bottom, those held out after those held in. */
  readonly order: readonly number[];
  readonly heldIn: number;
  readonly binMs: number | undefined;
  /** Counts. */
  readonly spikes: ArrayLike<number>;
  /** Expected counts; absent before a model has trained. */
  readonly rates?: ArrayLike<number>;
  /** Expected counts of the simulation. */
  readonly truth?: ArrayLike<number>;
}

/** Factors of the trials that are shown, in three dimensions. */
export interface FactorPicture {
  readonly trials: number;
  readonly bins: number;
  /** `[trials, bins, 3]` */
  readonly points: ArrayLike<number>;
  /** Names of the dimensions. */
  readonly names: readonly string[];
  /** Hue of every trial in turns, and what it stands for; absent where trials have nothing that tells them apart. */
  readonly hues?: { readonly values: readonly number[]; readonly of: string };
}

/** A number that says how good a model is on validation trials. */
export interface Score {
  readonly name: string;
  readonly value: number;
}

/** What a file that the page offers is made of. */
export interface ResultFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where a training stands. */
export interface EpochReport {
  /** Epochs that are complete. */
  readonly epoch: number;
  readonly loss: { readonly train: number; readonly valid: number };
  readonly learningRate: number;
}

/** What a training runs on. */
export interface RunsOn {
  readonly backend: string;
  /** Path of the kernels. */
  readonly path: string;
  /** Of the kernels; 1 where memory cannot be shared. */
  readonly threads: number;
}

/** What the worker tells the page. */
export type Reply =
  | { readonly type: "ready"; readonly backends: readonly Backend[] }
  | { readonly type: "loaded"; readonly facts: DataFacts }
  | ({ readonly type: "running" } & RunsOn)
  /** Epochs done, with the part of the one under way. */
  | { readonly type: "progress"; readonly done: number }
  | ({ readonly type: "epoch" } & EpochReport)
  /** Of the weights after an epoch; `best`: of those that the training keeps. */
  | {
      readonly type: "scores";
      readonly epoch: number;
      readonly best: boolean;
      readonly scores: readonly Score[];
    }
  | { readonly type: "trial"; readonly picture: TrialPicture }
  | { readonly type: "factors"; readonly picture: FactorPicture }
  | {
      readonly type: "stopped";
      readonly reason: string;
      readonly epoch: number;
      readonly best: number | null;
      readonly skipped: number;
    }
  | { readonly type: "results"; readonly files: readonly ResultFile[] }
  /** `lost`: the worker must be replaced. */
  | {
      readonly type: "failed";
      readonly doing: Request["type"];
      readonly message: string;
      readonly lost: boolean;
    };
