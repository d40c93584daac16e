import { dispose, type Tensor } from "@tensorflow/tfjs-core";
import { streamDraws } from "../../src/ops";
import { integers, RandomStream } from "../../src/random";
import { adamW } from "../../src/train/adamW";
import { type Named, randomValues, toTensor } from "../ops/values";
import {
  decoderCase,
  divergencesCase,
  gruCase,
  joinCase,
  linearCase,
  maskCase,
  normsCase,
  ODE_SOLVERS,
  type OdeSizes,
  type OpCase,
  odeCase,
  poissonCase,
  posteriorCase,
} from "./cases";
import { compute } from "./compute";

/** Something to compute on either path. */
export interface RandomCase {
  /** What it is, to run it again. */
  readonly name: string;
  /** Numbers by name, and how many tensors stay behind. */
  run(): { readonly numbers: Named<Float32Array>; readonly left: number };
  /** Bound on the relative error. */
  readonly bound: number;
}

/** Sizes around the widths of vectors, blocks and chunks. */
const EDGES = [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 33];

type Pick = ReturnType<typeof pickFrom>;

/** Makers of random cases, by operation. */
export const RANDOM_CASES = {
  linear: ({ size, flag, below }: Pick, seed: string) =>
    ofOperation(
      linearCase,
      {
        shape: Array.from({ length: 1 + below(3) }, () => size(20)),
        ...{ outputs: size(50), bias: flag() },
      },
      seed,
    ),
  gruSequence: ({ size, flag, clip, below }: Pick, seed: string) =>
    ofOperation(
      gruCase,
      {
        ...{ bins: 1 + below(8), batch: size(60), inputs: flag() ? size(40) : 0, units: size(40) },
        ...{ reverse: flag(), clip: clip(), density: [0, 0.1, 0.35, 1][below(4)]! },
      },
      seed,
    ),
  odeSequence: ({ size, flag, below }: Pick, seed: string) =>
    ofOperation(
      odeCase,
      {
        ...{ bins: 1 + below(4), inputs: flag() ? size(20) : 0, size: size(20) },
        // Now and then more trials than parts have at a time.
        batch: below(6) ? size(60) : 768 + size(60),
        widths: Array.from({ length: below(4) }, () => size(40)),
        activation: (["tanh", "relu", "softplus"] as const)[below(3)]!,
        solver: (Object.keys(ODE_SOLVERS) as OdeSizes["solver"][])[below(5)]!,
        stepsPerBin: 1 + below(3),
      },
      seed,
    ),
  poissonLoss: ({ size, flag, below }: Pick, seed: string) =>
    ofOperation(
      poissonCase,
      {
        ...{ bins: 1 + below(8), batch: size(40), channels: size(40), factors: size(24) },
        ...{ rate: [0.1, 1, 6][below(3)]!, weights: flag(), heldOut: flag() ? below(5) : null },
      },
      seed,
    ),
  joinBins: ({ size, below }: Pick, seed: string) =>
    ofOperation(
      joinCase,
      {
        ...{ bins: 1 + below(8), batch: size(40), widths: [size(24), size(24)] as const },
        ...{ lag: below(4), before: below(4), after: below(4) },
      },
      seed,
    ),
  masks: ({ size }: Pick, seed: string) =>
    ofOperation(maskCase, { shape: [size(20), size(20), size(30)] }, seed),
  squaredNorms: ({ size, below }: Pick, seed: string) => {
    const shapes = Array.from({ length: 1 + below(4) }, () => [size(60), size(60)].slice(below(2)));
    return ofOperation(normsCase, { shapes }, seed);
  },
  divergences: ({ size }: Pick, seed: string) =>
    ofOperation(divergencesCase, { shape: [size(40), size(40), size(24)] }, seed),
  posterior: ({ size }: Pick, seed: string) =>
    ofOperation(posteriorCase, { rows: size(60), size: size(40) }, seed),
  decoderSequence: ({ size, flag, clip, below }: Pick, seed: string) =>
    ofOperation(
      decoderCase,
      {
        ...{ bins: 1 + below(6), batch: size(60), encoded: size(24), con: size(24), outputs: size(9) },
        ...{ gen: size(32), factors: size(24), external: flag() ? size(9) : 0 },
        ...{ noise: flag(), factorMask: flag(), generatorMask: flag(), clip: clip() },
      },
      seed,
    ),
  bernoulli: ({ size, below }: Pick, seed: string) => {
    const [shape, probability] = [[size(60), size(60)], [0, 1e-9, 0.3, 0.5, 1][below(5)]!];
    return ofDraw(JSON.stringify({ shape, probability, seed }), () =>
      streamDraws(RandomStream.fromSeed(seed)).bernoulli("x", shape, probability, 1 / 0.7),
    );
  },
  normal: ({ size }: Pick, seed: string) => {
    const shape = [size(60), size(60)];
    return ofDraw(JSON.stringify({ shape, seed }), () =>
      streamDraws(RandomStream.fromSeed(seed)).normal("x", shape),
    );
  },
  adamW: ({ size, below }: Pick, seed: string) => {
    const shapes = Array.from({ length: 1 + below(5) }, () => [size(150), size(150)].slice(below(2)));
    const gradientClip = [0.5, 10, Number.POSITIVE_INFINITY][below(3)]!;
    const name = JSON.stringify({ shapes, gradientClip: `${gradientClip}`, seed });
    return { name, bound: 1e-5, run: () => ({ numbers: update(shapes, gradientClip, seed), left: 0 }) };
  },
} satisfies Record<string, (pick: Pick, seed: string) => RandomCase>;

/** Case `index` of an operation. */
export function randomCase(op: keyof typeof RANDOM_CASES, seed: number, index: number): RandomCase {
  const name = `${seed}/${op}/${index}`;
  return RANDOM_CASES[op](pickFrom(RandomStream.fromSeed(name)), name);
}

function pickFrom(stream: RandomStream) {
  const below = (limit: number) => integers(stream, 1, 0, limit)[0]!;
  return {
    below,
    flag: () => below(2) === 1,
    /** 1 to `most`, often an edge. */
    size: (most: number) => Math.min(most, below(2) ? EDGES[below(EDGES.length)]! : 1 + below(most)),
    clip: () => [0.3, 5, Number.POSITIVE_INFINITY][below(3)]!,
  };
}

function ofOperation<Sizes>(
  make: (sizes: Sizes, seed: string) => OpCase,
  sizes: Sizes,
  seed: string,
): RandomCase {
  const { op, inputs } = make(sizes, seed);
  return {
    name: JSON.stringify({ ...sizes, seed }),
    bound: 1e-5,
    run() {
      const { outputs, gradients, left } = compute(op, inputs);
      const named = Object.entries(gradients).map(([name, values]) => [`gradient by ${name}`, values]);
      return { numbers: { ...outputs, ...Object.fromEntries(named) }, left };
    },
  };
}

function ofDraw(name: string, draw: () => Tensor): RandomCase {
  return {
    name,
    bound: 0,
    run() {
      const x = draw();
      const values = x.dataSync().slice() as Float32Array;
      x.dispose();
      return { numbers: { values }, left: 0 };
    },
  };
}

function update(shapes: readonly number[][], gradientClip: number, seed: string): Named<Float32Array> {
  const values = (kind: string, of = (x: number) => x) =>
    Object.fromEntries(
      shapes.map((shape, i) => {
        const { data } = randomValues(`${seed}/${kind}/${i}`, shape);
        return [`${i}`, toTensor({ data: data.map(of), shape })];
      }),
    );
  const state = { step: 3, first: values("first"), second: values("second", (x) => 1e-3 * Math.abs(x)) };
  const [parameters, gradients] = [values("parameter"), values("gradient")];
  const rates = { learningRate: 4e-3, weightDecay: 0.1, gradientClip };
  const next = adamW({ epsilon: 1e-3 }).update(state, parameters, gradients, rates);
  const groups = { parameters: next.parameters, first: next.state.first, second: next.state.second };
  const numbers = Object.entries({ ...groups, norm: { all: next.norm } }).flatMap(([group, tensors]) =>
    Object.entries(tensors).map(([name, x]) => [`${group} ${name}`, x.dataSync().slice()] as const),
  );
  dispose([state.first, state.second, parameters, gradients].flatMap((group) => Object.values(group)));
  dispose([next.norm, ...Object.values(groups).flatMap((group) => Object.values(group))]);
  return Object.fromEntries(numbers) as Named<Float32Array>;
}
