import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { euler, midpoint, type RungeKutta, rungeKutta, rungeKutta4, tsit5 } from "../../src/dynamics";
import {
  type Activation,
  autoregressiveDivergence,
  bin,
  type DecoderInputs,
  decoderSequence,
  dropped,
  exponential,
  gruSequence,
  joinBins,
  linear,
  masked,
  normalDivergence,
  odeSequence,
  poissonLoss,
  posterior,
  repeatRow,
  squaredNorms,
  swap,
  weightedSum,
} from "../../src/ops";
import { bernoulli, poisson, RandomStream, uniform } from "../../src/random";
import { positive as deviations } from "../ops/divergences";
import { type Named, randomValues, toTensor, type Values } from "../ops/values";

/** An operation with inputs to run it on. */
export interface OpCase {
  readonly op: (inputs: Named<Tensor>) => Named<Tensor>;
  readonly inputs: Named<Values>;
}

/** Sizes of a linear map. */
export interface LinearSizes {
  /** Of the input. */
  readonly shape: readonly number[];
  readonly outputs: number;
  readonly bias: boolean;
}

/** Sizes of a GRU sequence. */
export interface GruSizes {
  readonly bins: number;
  readonly batch: number;
  /** 0 = a cell without inputs. */
  readonly inputs: number;
  readonly units: number;
  readonly reverse: boolean;
  readonly clip: number;
  /** Share of the inputs that are not zero. @default 1 */
  readonly density?: number;
}

/** Sizes of a neural ODE over a sequence. */
export interface OdeSizes {
  readonly bins: number;
  readonly batch: number;
  /** 0 = an autonomous field. */
  readonly inputs: number;
  readonly size: number;
  /** Of the hidden layers. */
  readonly widths: readonly number[];
  readonly activation: Activation;
  readonly solver: keyof typeof ODE_SOLVERS;
  readonly stepsPerBin: number;
  /** Mean of the biases. @default 0 */
  readonly bias?: number;
}

/** The last with so many stages that their rows are more than are summed at a time. */
export const ODE_SOLVERS = { euler, midpoint, rungeKutta4, tsit5, manyStages: manyStages(13) };

/** Each stage moves along all slopes before it. */
function manyStages(count: number): RungeKutta {
  const row = (n: number) => Array.from({ length: n }, (_, j) => (1 + (j % 3)) / (2 * n));
  const stages = Array.from({ length: count - 1 }, (_, i) => row(i + 1));
  return rungeKutta("many stages", 1, { stages, weights: row(count) });
}

/** Sizes of a Poisson loss. */
export interface PoissonSizes {
  readonly bins: number;
  readonly batch: number;
  readonly channels: number;
  readonly factors: number;
  /** Mean count. */
  readonly rate: number;
  readonly weights: boolean;
  /** Bins and channels that the held-out weights leave out; null for none. */
  readonly heldOut: number | null;
}

/** Sizes of a decoder sequence. */
export interface DecoderSizes {
  readonly bins: number;
  readonly batch: number;
  /** Widths of encoded input, controller, controller output, generator, factors, external inputs (0 = none). */
  readonly encoded: number;
  readonly con: number;
  readonly outputs: number;
  readonly gen: number;
  readonly factors: number;
  readonly external: number;
  readonly noise: boolean;
  readonly factorMask: boolean;
  readonly generatorMask: boolean;
  readonly clip: number;
}

/** Sizes of two sequences side by side, one of which comes `lag` bins later. */
export interface JoinSizes {
  readonly bins: number;
  readonly batch: number;
  readonly widths: readonly [number, number];
  readonly lag: number;
  /** Bins of zeros before and after. */
  readonly before: number;
  readonly after: number;
}

/** @param seed of the inputs */
export function joinCase({ bins, batch, widths, before, after, ...c }: JoinSizes, seed = ""): OpCase {
  const lag = Math.min(c.lag, bins);
  const count = bins - lag;
  const places = { first: { from: 0, to: before + lag, count }, second: { from: lag, to: before, count } };
  return {
    op: ({ a, b }) => ({
      y: joinBins({ first: a!, second: b! }, places, before + bins + after),
      bin: bin(a!, Math.floor(bins / 2)),
    }),
    inputs: {
      a: randomValues(`${seed}a`, [bins, batch, widths[0]]),
      b: randomValues(`${seed}b`, [bins, batch, widths[1]]),
    },
  };
}

/** Masks and exchanges of axes, of each other's results. @param seed of the inputs */
export function maskCase({ shape }: { readonly shape: readonly number[] }, seed = ""): OpCase {
  const [trials, bins, channels] = shape as [number, number, number];
  const kept = bernoulli(RandomStream.fromSeed(`${seed}kept`), trials * bins * channels, 0.6, 2);
  return {
    op: ({ x, mask, y }) => ({
      z: masked(swap(masked(x!, mask!)), swap(mask!)),
      zz: swap(swap(x!)),
      e: exponential(x!),
      d: masked(y!, dropped(tensor(kept, [trials, bins, channels]), [trials, bins + 2, channels + 3])),
    }),
    inputs: {
      x: randomValues(`${seed}x`, shape),
      mask: randomValues(`${seed}mask`, shape),
      y: randomValues(`${seed}y`, [trials, bins + 2, channels + 3]),
    },
  };
}

/** Squared norms and their sum, of results of kernels too. @param seed of the inputs */
export function normsCase(
  { shapes }: { readonly shapes: readonly (readonly number[])[] },
  seed = "",
): OpCase {
  const factors = shapes.map((_, i) => (i + 1) / 4);
  return {
    op: (inputs) => {
      const plain = squaredNorms(Object.values(inputs), factors);
      const results = squaredNorms(Object.values(inputs).map(exponential), factors);
      return { plain, results, sum: weightedSum([plain, results], [0.25, -0.5]) };
    },
    inputs: Object.fromEntries(shapes.map((shape, i) => [`x${i}`, randomValues(`${seed}${i}`, shape, 0.5)])),
  };
}

/** Both divergences. @param shape `[trials, bins, size]` @param seed of the inputs */
export function divergencesCase({ shape }: { readonly shape: readonly number[] }, seed = ""): OpCase {
  const noise = randomValues(`${seed}noise`, shape);
  const ofSize = (name: string) => randomValues(seed + name, shape.slice(-1));
  return {
    op: ({ priorMean, logvar, logtaus, lognvars, ...both }) => {
      const posterior = { mean: both.mean!, std: both.std! };
      const process = { logtaus: logtaus!, lognvars: lognvars!, noise: toTensor(noise) };
      return {
        normal: normalDivergence({ ...posterior, priorMean: priorMean!, logvar: logvar! }),
        autoregressive: autoregressiveDivergence({ ...posterior, ...process }),
      };
    },
    inputs: {
      mean: randomValues(`${seed}mean`, shape),
      std: deviations(randomValues(`${seed}std`, shape)),
      ...{ priorMean: ofSize("prior mean"), logvar: ofSize("logvar") },
      ...{ logtaus: ofSize("logtaus"), lognvars: ofSize("lognvars") },
    },
  };
}

/** Repeated rows and posteriors, of each other's results. @param seed of the inputs */
export function posteriorCase(
  { rows, size }: { readonly rows: number; readonly size: number },
  seed = "",
): OpCase {
  return {
    op: ({ row, both }) => ({
      ...prefixed("repeated.", posterior(repeatRow(row!, rows), 0)),
      ...prefixed("plain.", posterior(both!, 1e-4)),
      rows: masked(repeatRow(row!, rows), both!),
      mean: posterior(both!, 0.5).mean,
      std: posterior(both!, 0.5).std,
    }),
    inputs: {
      row: randomValues(`${seed}row`, [1, 2 * size]),
      both: randomValues(`${seed}both`, [rows, 2 * size]),
    },
  };
}

function prefixed(prefix: string, tensors: Named<Tensor>): Named<Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [prefix + name, x]));
}

/** @param seed of the inputs */
export function linearCase({ shape, outputs, bias }: LinearSizes, seed = ""): OpCase {
  const inputs = shape.at(-1)!;
  return {
    op: ({ x, weight, bias }) => ({ y: bias ? linear(x!, weight!, bias) : linear(x!, weight!) }),
    inputs: {
      x: randomValues(`${seed}x`, shape),
      weight: randomValues(`${seed}weight`, [outputs, inputs], 1 / Math.sqrt(inputs)),
      ...(bias && { bias: randomValues(`${seed}bias`, [outputs]) }),
    },
  };
}

/** @param seed of the inputs */
function shifted({ data, shape }: Values, by: number): Values {
  return { data: data.map((x) => x + by), shape };
}

export function odeCase(
  { bins, batch, inputs, size, widths, activation, solver, stepsPerBin, bias = 0 }: OdeSizes,
  seed = "",
): OpCase {
  const sizes = [size, ...widths, size];
  const layers = sizes.slice(1).map((outputs, i) => [outputs, sizes[i]!] as const);
  const { tableau } = ODE_SOLVERS[solver];
  return {
    op: ({ x, h0, inputWeight, ...named }) => ({
      states: odeSequence(
        x ?? null,
        {
          inputWeight,
          weights: layers.map((_, i) => named[`weight${i}`]!),
          biases: layers.map((_, i) => named[`bias${i}`]!),
        },
        h0!,
        { activation, tableau, timeStep: 0.2, stepsPerBin, ...(!x && { bins }) },
      ),
    }),
    inputs: {
      h0: randomValues(`${seed}h0`, [batch, size]),
      ...Object.fromEntries(
        layers.flatMap(([outputs, width], i) => [
          [`weight${i}`, randomValues(`${seed}weight${i}`, [outputs, width], 1 / Math.sqrt(width))],
          [`bias${i}`, shifted(randomValues(`${seed}bias${i}`, [outputs]), bias)],
        ]),
      ),
      ...(inputs > 0 && {
        x: randomValues(`${seed}x`, [bins, batch, inputs]),
        inputWeight: randomValues(`${seed}input`, [sizes[1]!, inputs], 1 / Math.sqrt(inputs)),
      }),
    },
  };
}

export function gruCase(
  { bins, batch, inputs, units, reverse, clip, density = 1 }: GruSizes,
  seed = "",
): OpCase {
  return {
    op: ({ x, h0, weightHh, bias, weightIh }) => ({
      states: gruSequence(x ?? null, { weightIh, weightHh: weightHh!, bias: bias! }, h0!, {
        clip,
        reverse,
        ...(!x && { bins }),
      }),
    }),
    inputs: {
      weightHh: randomValues(`${seed}hh`, [3 * units, units], 1 / Math.sqrt(units)),
      bias: randomValues(`${seed}bias`, [3 * units]),
      h0: randomValues(`${seed}h0`, [batch, units]),
      ...(inputs > 0 && {
        x: thinned(randomValues(`${seed}x`, [bins, batch, inputs]), density),
        weightIh: randomValues(`${seed}ih`, [3 * units, inputs], 1 / Math.sqrt(inputs)),
      }),
    },
  };
}

/** @param seed of the inputs */
export function decoderCase(c: DecoderSizes, seed = ""): OpCase {
  const { bins, batch, encoded, con, outputs, gen, factors, external } = c;
  const values = (name: string, ...shape: number[]) => ({ [name]: randomValues(seed + name, shape) });
  /** Weights of `inputs` columns whose sums are of order one. */
  const weight = (name: string, rows: number, inputs: number) => ({
    [name]: randomValues(seed + name, [rows, inputs], 1 / Math.sqrt(inputs)),
  });
  return {
    op: (inputs) => ({ ...decoderSequence(inputs as unknown as DecoderInputs, c.clip) }),
    inputs: {
      ...values("controllerInput", bins, batch, encoded),
      ...weight("conWeightIh", 3 * con, encoded + factors),
      ...weight("conWeightHh", 3 * con, con),
      ...values("conBias", 3 * con),
      ...values("con0", batch, con),
      ...weight("coWeight", 2 * outputs, con),
      ...values("coBias", 2 * outputs),
      ...(c.noise && values("noise", bins, batch, outputs)),
      ...(external > 0 && values("externalInputs", bins, batch, external)),
      ...weight("genWeightIh", 3 * gen, outputs + external),
      ...weight("genWeightHh", 3 * gen, gen),
      ...values("genBias", 3 * gen),
      ...values("gen0", batch, gen),
      ...weight("facWeight", factors, gen),
      ...values("factor0", batch, factors),
      ...(c.factorMask && values("factorMask", bins, batch, factors)),
      ...(c.generatorMask && values("generatorMask", bins, batch, gen)),
    },
  };
}

function thinned({ data, shape }: Values, density: number): Values {
  const kept = uniform(RandomStream.fromSeed("kept"), data.length);
  return { data: data.map((x, i) => (kept[i]! < density ? x : 0)), shape };
}

/** @param seed of the inputs */
export function poissonCase(
  { bins, batch, channels, factors, rate, weights, heldOut }: PoissonSizes,
  seed = "",
): OpCase {
  const all = [batch, bins, channels];
  const size = batch * bins * channels;
  const counts = poisson(RandomStream.fromSeed(`${seed}counts`), new Float32Array(size).fill(rate));
  const some = [batch, Math.max(1, bins - (heldOut ?? 0)), Math.max(1, channels - (heldOut ?? 0))];
  return {
    op: (variables) => {
      const { total, heldOut: held } = poissonLoss({
        factors: variables.factors!,
        weight: variables.weight!,
        bias: variables.bias!,
        counts: tensor(counts, all as [number, number, number]),
        ...(weights && {
          lossWeight: toTensor(positive(randomValues(`${seed}loss weight`, all))),
          gradientMask: toTensor(randomValues(`${seed}mask`, all)),
        }),
        ...(heldOut !== null && { heldOutWeight: toTensor(positive(randomValues(`${seed}held out`, some))) }),
      });
      return { total, held };
    },
    inputs: {
      factors: randomValues(`${seed}factors`, [bins, batch, factors]),
      weight: randomValues(`${seed}weight`, [channels, factors], 1 / Math.sqrt(factors)),
      bias: randomValues(`${seed}bias`, [channels]),
    },
  };
}

/** Sums of numbers of both signs may be small against their parts, and with them the accuracy that can be asked for. */
function positive({ data, shape }: Values): Values {
  return { data: data.map(Math.abs), shape };
}
