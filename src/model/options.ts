import { refuseUnknown } from "../data/refuseUnknown";
import { type Cell, ClippedGruCell } from "../modules";
import { autoregressivePrior, normalPrior, nullPrior, type Prior } from "../priors";
import { poisson, type Reconstruction } from "../reconstructions";

/** An affine map in the layout of lfads-torch: `weight` `[outputs, inputs]` row by row, `bias` `[outputs]`. */
export interface AffineMap {
  readonly weight: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

/** Channels of a session: one number, or more channels reconstructed than encoded (the further ones are held out). */
export type Channels = number | { readonly encode: number; readonly reconstruct: number };

/** Bins of a trial: one number, or more bins reconstructed than encoded (forward prediction). */
export type Bins =
  | number
  | {
      readonly encode: number;
      readonly reconstruct: number;
      /** Bins at the start that only the initial-condition encoder sees, and the controller does not. @default 0 */
      readonly initialCondition?: number;
    };

/** One recording session around the shared dynamics. */
export interface SessionOptions {
  readonly channels: Channels;
  /** Observation model. @default that of the model */
  readonly reconstruction?: Reconstruction;
  /** Where the read-in starts, `[readin, encode]`. @default random */
  readonly readin?: AffineMap;
  /** Keep the read-in as it starts. @default true when `readin` is given */
  readonly freezeReadin?: boolean;
  /** Where the readout starts, `[parameters * channels, factors]`. @default random */
  readonly readout?: AffineMap;
  /** Keep the readout as it starts. @default false */
  readonly freezeReadout?: boolean;
}

/** The initial condition: encoder, latent, prior. */
export interface InitialConditionOptions {
  /** Units of each direction of the encoder. @default 64 */
  readonly encoderUnits?: number;
  /** Size of the latent. @default 64 */
  readonly size?: number;
  /** @default normalPrior() */
  readonly prior?: Prior;
  /** Least posterior variance. @default 1e-4 */
  readonly posteriorVarianceMin?: number;
}

/** The controller that infers inputs to the generator: encoder, cell, output, prior. */
export interface ControllerOptions {
  /** Units of each direction of the encoder. @default 64 */
  readonly encoderUnits?: number;
  /** Units of the controller. @default 64 */
  readonly units?: number;
  /** Size of the controller output, the inferred input. @default 4 */
  readonly outputs?: number;
  /** Bins by which the controller's view of the data is delayed. @default 1 */
  readonly lag?: number;
  /** @default autoregressivePrior() */
  readonly prior?: Prior;
  /** A cell of your own for a given input width. @default a clipped GRU of `units` */
  readonly cell?: (inputSize: number) => Cell;
}

/** The generator whose autonomous dynamics explain the data. */
export interface GeneratorOptions {
  /** Units of the generator. @default 100 */
  readonly units?: number;
  /** A cell of your own for a given input width. @default a clipped GRU of `units` */
  readonly cell?: (inputSize: number) => Cell;
}

/** Options of `LFADS` that do not depend on its sessions. */
export interface SharedOptions {
  readonly bins: Bins;
  /** Known inputs to the generator. @default 0 */
  readonly externalInputs?: number;
  /** Sample posteriors; false makes a deterministic autoencoder without priors. @default true */
  readonly variational?: boolean;
  readonly initialCondition?: InitialConditionOptions;
  /** false for an autonomous generator. */
  readonly controller?: ControllerOptions | false;
  readonly generator?: GeneratorOptions;
  /** Number of factors. @default 40 */
  readonly factors?: number;
  /** Observation model of sessions without one of their own. @default poisson() */
  readonly reconstruction?: Reconstruction;
  /** Bound on the absolute state of every GRU. @default 5 */
  readonly cellClip?: number;
  /** Seed of the initial parameters. @default 0 */
  readonly seed?: number | string;
}

/** Options of `LFADS`: `channels` of one session, or any number of `sessions`. */
export type LFADSOptions = SharedOptions &
  (
    | {
        readonly channels: Channels;
        readonly sessions?: never;
        readonly readin?: never;
      }
    | {
        readonly channels?: never;
        readonly sessions: readonly SessionOptions[];
        /** Width onto which each session's read-in maps its channels. @default the number of factors */
        readonly readin?: number;
      }
  );

/** A session with all its choices made. */
export interface Session {
  readonly encode: number;
  readonly reconstruct: number;
  readonly reconstruction: Reconstruction;
  readonly readin: AffineMap | null;
  readonly freezeReadin: boolean;
  readonly readout: AffineMap | null;
  readonly freezeReadout: boolean;
}

/** {@link LFADSOptions} with all choices made. */
export interface Architecture {
  readonly bins: { readonly encode: number; readonly reconstruct: number; readonly initialCondition: number };
  readonly sessions: readonly Session[];
  /** Width of the read-ins; null for one session whose data goes straight into the encoders. */
  readonly readin: number | null;
  readonly externalInputs: number;
  readonly variational: boolean;
  readonly initialCondition: Required<InitialConditionOptions>;
  readonly controller: Required<ControllerOptions> | null;
  readonly generator: Required<GeneratorOptions>;
  readonly factors: number;
  readonly cellClip: number;
  readonly seed: number | string;
}

const OPTION_NAMES = [
  ...[
    "bins",
    "channels",
    "sessions",
    "readin",
    "externalInputs",
    "variational",
    "initialCondition",
    "controller",
  ],
  ...["generator", "factors", "reconstruction", "cellClip", "seed"],
];
const PART_NAMES = {
  initialCondition: ["encoderUnits", "size", "prior", "posteriorVarianceMin"],
  controller: ["encoderUnits", "units", "outputs", "lag", "prior", "cell"],
  generator: ["units", "cell"],
};
const SESSION_NAMES = ["channels", "reconstruction", "readin", "freezeReadin", "readout", "freezeReadout"];

/**
 * Fills in the defaults.
 * @throws if an option is out of range, unknown, or contradicts another
 */
export function resolveOptions(options: LFADSOptions): Architecture {
  refuseUnknown("LFADS", options, OPTION_NAMES);
  for (const name of ["initialCondition", "controller", "generator"] as const) {
    if (options[name]) refuseUnknown(`LFADS: ${name}`, options[name], PART_NAMES[name]);
  }
  for (const session of options.sessions ?? []) refuseUnknown("LFADS: sessions", session, SESSION_NAMES);
  for (const name of ["generator", "controller"] as const) {
    const part = options[name];
    if (part && part.units !== undefined && part.cell !== undefined) {
      throw new Error(`LFADS: ${name} takes either units or a cell of your own, got both`);
    }
  }
  const { externalInputs = 0, variational = true, factors = 40, cellClip = 5, seed = 0 } = options;
  const reconstruction = options.reconstruction ?? poisson();
  const bins = typeof options.bins === "object" ? options.bins : both(options.bins);
  if (options.channels !== undefined && options.sessions !== undefined) {
    throw new Error("LFADS: give either channels or sessions, not both");
  }
  const given = options.sessions ?? [{ channels: options.channels }];
  if (given.length === 0) throw new Error("LFADS: sessions must hold at least one session, got none");
  const gru = (units: number) => (inputSize: number) =>
    new ClippedGruCell({ inputSize, stateSize: units, clip: cellClip });
  const generatorUnits = options.generator?.units ?? 100;
  const controller = options.controller ?? {};
  const resolved: Architecture = {
    bins: { initialCondition: 0, ...bins },
    sessions: given.map((session: SessionOptions) => ({
      ...(typeof session.channels === "object" ? session.channels : both(session.channels)),
      reconstruction: session.reconstruction ?? reconstruction,
      readin: session.readin ?? null,
      freezeReadin: session.freezeReadin ?? session.readin !== undefined,
      readout: session.readout ?? null,
      freezeReadout: session.freezeReadout ?? false,
    })),
    readin: options.sessions ? (options.readin ?? factors) : null,
    externalInputs,
    variational,
    initialCondition: {
      encoderUnits: 64,
      size: 64,
      posteriorVarianceMin: 1e-4,
      ...options.initialCondition,
      prior: variational ? (options.initialCondition?.prior ?? normalPrior()) : nullPrior(),
    },
    controller:
      controller === false
        ? null
        : {
            encoderUnits: 64,
            units: 64,
            outputs: 4,
            lag: 1,
            cell: gru(controller.units ?? 64),
            ...controller,
            prior: variational ? (controller.prior ?? autoregressivePrior()) : nullPrior(),
          },
    generator: { units: generatorUnits, cell: gru(generatorUnits), ...options.generator },
    factors,
    cellClip,
    seed,
  };
  if (!variational && (options.initialCondition?.prior || (controller !== false && controller.prior))) {
    throw new Error("LFADS: variational: false has no posteriors, so a prior cannot be given");
  }
  validate(resolved);
  return resolved;
}

function both(n: number): { encode: number; reconstruct: number } {
  return { encode: n, reconstruct: n };
}

function validate(a: Architecture): void {
  const whole = (name: string, value: number, least: number) => {
    if (!Number.isInteger(value) || value < least) {
      throw new Error(`LFADS: ${name} must be an integer of at least ${least}, got ${value}`);
    }
  };
  const ordered = (name: string, { encode, reconstruct }: { encode: number; reconstruct: number }) => {
    whole(`${name}.encode`, encode, 1);
    if (!Number.isInteger(reconstruct) || reconstruct < encode) {
      throw new Error(
        `LFADS: ${name}.reconstruct must be an integer of at least ${name}.encode = ${encode}, got ${reconstruct}`,
      );
    }
  };
  ordered("bins", a.bins);
  whole("bins.initialCondition", a.bins.initialCondition, 0);
  if (a.bins.initialCondition >= a.bins.encode) {
    throw new Error(
      `LFADS: bins.initialCondition must be less than bins.encode = ${a.bins.encode}, got ${a.bins.initialCondition}`,
    );
  }
  a.sessions.forEach((session, i) => {
    ordered(a.readin === null ? "channels" : `sessions[${i}].channels`, session);
    const check = (name: string, map: AffineMap | null, outputs: number, inputs: number) => {
      if (map && (map.weight.length !== outputs * inputs || map.bias.length !== outputs)) {
        throw new Error(
          `LFADS: sessions[${i}].${name} must have ${outputs} x ${inputs} weights and ${outputs} biases, ` +
            `got ${map.weight.length} and ${map.bias.length}`,
        );
      }
    };
    check("readin", session.readin, a.readin ?? 0, session.encode);
    const columns = session.reconstruct * session.reconstruction.parametersPerChannel;
    check("readout", session.readout, columns, a.factors);
  });
  if (a.readin !== null) whole("readin", a.readin, 1);
  whole("externalInputs", a.externalInputs, 0);
  whole("factors", a.factors, 1);
  whole("initialCondition.encoderUnits", a.initialCondition.encoderUnits, 1);
  whole("initialCondition.size", a.initialCondition.size, 1);
  if (!(a.initialCondition.posteriorVarianceMin >= 0)) {
    throw new Error(
      `LFADS: initialCondition.posteriorVarianceMin must not be negative, got ${a.initialCondition.posteriorVarianceMin}`,
    );
  }
  whole("generator.units", a.generator.units, 1);
  if (a.controller) {
    whole("controller.encoderUnits", a.controller.encoderUnits, 1);
    whole("controller.units", a.controller.units, 1);
    whole("controller.outputs", a.controller.outputs, 1);
    whole("controller.lag", a.controller.lag, 0);
  }
  if (!(a.cellClip > 0)) throw new Error(`LFADS: cellClip must be positive, got ${a.cellClip}`);
}
