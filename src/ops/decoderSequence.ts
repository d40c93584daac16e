import {
  add,
  addN,
  concat,
  exp,
  matMul,
  mul,
  reshape,
  slice,
  stack,
  sub,
  sum,
  type Tensor,
  tidy,
  transpose,
  zerosLike,
} from "@tensorflow/tfjs-core";
import {
  type Gates,
  gateColumns,
  gateRows,
  gruSlopes,
  gruStep,
  gruStepGradient,
  joinRows,
  mapGates,
  recurrentWeightGradient,
  slopesAt,
  statesBefore,
} from "./gruStep";
import { at } from "./heap";
import { asMatrix, transposedMatMul } from "./linear";
import { type Op, runOp } from "./op";
import { requireShape } from "./requireShape";

/** Inputs of {@link decoderSequence}; B trials, T bins. */
export type DecoderInputs = {
  /** Encoded controller input, `[T, B, K]`, after dropout. */
  readonly controllerInput: Tensor;
  /** Controller `[3C, K + F]`, `[3C, C]`, `[3C]` and its initial state `[B, C]`. */
  readonly conWeightIh: Tensor;
  readonly conWeightHh: Tensor;
  readonly conBias: Tensor;
  readonly con0: Tensor;
  /** Posterior of the controller output, mean then log-variance: `[2U, C]`, `[2U]`. */
  readonly coWeight: Tensor;
  readonly coBias: Tensor;
  /** Standard noise of the controller output, `[T, B, U]`; absent to pass the mean on. */
  readonly noise?: Tensor;
  /** External inputs, `[T, B, E]`, after dropout. */
  readonly externalInputs?: Tensor;
  /** Generator `[3G, U + E]`, `[3G, G]`, `[3G]` and its initial state `[B, G]`. */
  readonly genWeightIh: Tensor;
  readonly genWeightHh: Tensor;
  readonly genBias: Tensor;
  readonly gen0: Tensor;
  /** Factors from generator states, `[F, G]` (normalised by the caller), and the factors before the first bin `[B, F]`. */
  readonly facWeight: Tensor;
  readonly factor0: Tensor;
  /** Scaled dropout masks of the previous factors `[T, B, F]` and of the generator states `[T, B, G]`. */
  readonly factorMask?: Tensor;
  readonly generatorMask?: Tensor;
};

/** What {@link decoderSequence} returns, time-major. */
export interface DecoderStates {
  /** `[T, B, F]` */
  readonly factors: Tensor;
  /** Posterior of the controller output, `[T, B, U]` each. */
  readonly coMean: Tensor;
  readonly coLogvar: Tensor;
  /** Controller output that went into the generator, `[T, B, U]`. */
  readonly controllerOutputs: Tensor;
  /** `[T, B, G]` */
  readonly generatorStates: Tensor;
  /** `[T, B, C]` */
  readonly controllerStates: Tensor;
}

/** Outputs of the operation, in their order: the visible ones, then the gates saved for the gradient. */
const OUTPUTS = [
  "factor",
  "mean",
  "logvar",
  "output",
  "gen",
  "con",
  "conZ",
  "conR",
  "conN",
  "genZ",
  "genR",
  "genN",
] as const;

type Step = Record<(typeof OUTPUTS)[number], Tensor>;

/** The kernel. */
export const decoderSequenceOp: Op<DecoderInputs & Record<string, Tensor>, { clip: number }> = {
  name: "LfadsDecoderSequence",
  results: 6,
  outputs: 12,
  forward(inputs, { clip }) {
    return tidy(() => {
      const { controllerInput, externalInputs, noise, factorMask, generatorMask } = inputs;
      const [bins, batch, ciWidth] = controllerInput.shape as [number, number, number];
      const con = split(inputs.conWeightIh, ciWidth);
      const gen = split(inputs.genWeightIh, inputs.coWeight.shape[0]! / 2);
      const [fromFactors, fromOutputs] = [gateColumns(con.rest), gateColumns(gen.first)];
      const [conU, genU] = [gateColumns(inputs.conWeightHh), gateColumns(inputs.genWeightHh)];
      const co = posteriorWeights(inputs);
      const facW = transpose(inputs.facWeight);
      const project = (x: Tensor, weight: Tensor, bias: Tensor) => {
        const rows = asMatrix(x);
        const biases = gateRows(bias);
        return mapGates(gateColumns(weight), (w, gate) =>
          reshape(add(matMul(rows, w), biases[gate]), [bins, batch, w.shape[1]!]),
        );
      };
      const conGates = project(controllerInput, con.first, inputs.conBias);
      const genGates = externalInputs && project(externalInputs, gen.rest, inputs.genBias);
      const genBias = gateRows(inputs.genBias);
      const steps: Step[] = [];
      let before = { factor: inputs.factor0, con: inputs.con0, gen: inputs.gen0 };
      for (let t = 0; t < bins; t++) {
        const step: Step = tidy(() => {
          const feedback = factorMask ? mul(before.factor, at(factorMask, t)) : before.factor;
          const conG = mapGates(conGates, (g, gate) => add(at(g, t), matMul(feedback, fromFactors[gate])));
          const c = gruStep(conG, before.con, conU, clip);
          const mean = add(matMul(c.state, transpose(co.mean)), co.meanBias);
          const logvar = add(matMul(c.state, transpose(co.logvar)), co.logvarBias);
          const output = noise ? add(mean, mul(exp(mul(0.5, logvar)), at(noise, t))) : mean.clone();
          const genG = mapGates(fromOutputs, (w, gate) =>
            add(matMul(output, w), genGates ? at(genGates[gate], t) : genBias[gate]),
          );
          const g = gruStep(genG, before.gen, genU, clip);
          const factor = matMul(generatorMask ? mul(g.state, at(generatorMask, t)) : g.state, facW);
          return {
            ...{ factor, mean, logvar, output, gen: g.state, con: c.state },
            ...{ conZ: c.z, conR: c.r, conN: c.n, genZ: g.z, genR: g.r, genN: g.n },
          };
        });
        steps.push(step);
        before = step;
      }
      return OUTPUTS.map((name) => stack(steps.map((step) => step[name])));
    });
  },
  gradient(dys, inputs, outputs, { clip }) {
    const { controllerInput, externalInputs, noise, factorMask, generatorMask } = inputs;
    const byName = (tensors: readonly Tensor[]) =>
      Object.fromEntries(OUTPUTS.map((name, i) => [name, tensors[i]!])) as Step;
    const [y, dy] = [byName(outputs), byName(dys)];
    const bins = controllerInput.shape[0]!;
    const con = split(inputs.conWeightIh, controllerInput.shape[2]!);
    const gen = split(inputs.genWeightIh, inputs.coWeight.shape[0]! / 2);
    const before = tidy(() => ({
      con: statesBefore(y.con, inputs.con0), // [bins * batch, C]
      gen: statesBefore(y.gen, inputs.gen0),
    }));
    const d = tidy(() => {
      const gruGates = (name: "con" | "gen") => ({
        ...{ state: y[name], z: y[`${name}Z`], r: y[`${name}R`], n: y[`${name}N`] },
      });
      const slopes = {
        con: gruSlopes(gruGates("con"), reshape(before.con, y.con.shape), clip),
        gen: gruSlopes(gruGates("gen"), reshape(before.gen, y.gen.shape), clip),
      };
      // What a controller output's gradient is for its log-variance: half of std * noise.
      const halfDeviation = noise && mul(0.5, sub(y.output, y.mean));
      const [fromFactors, fromOutputs] = [gateRows(con.rest), gateRows(gen.first)];
      const [conU, genU] = [gateRows(inputs.conWeightHh), gateRows(inputs.genWeightHh)];
      const co = posteriorWeights(inputs);
      const steps: Record<"factor" | "mean" | "logvar" | `${"con" | "gen"}${"Z" | "R" | "N"}`, Tensor>[] = [];
      let carried = {
        con: zerosLike(inputs.con0),
        gen: zerosLike(inputs.gen0),
        feedback: zerosLike(inputs.factor0),
      };
      for (let t = bins - 1; t >= 0; t--) {
        const { next, step } = tidy(() => {
          const factor = add(at(dy.factor, t), carried.feedback);
          const fromFactor = matMul(factor, inputs.facWeight);
          const g = gruStepGradient(
            addN([
              at(dy.gen, t),
              carried.gen,
              generatorMask ? mul(fromFactor, at(generatorMask, t)) : fromFactor,
            ]),
            slopesAt(slopes.gen, t),
            genU,
          );
          const output = add(at(dy.output, t), through(g.dGates, fromOutputs));
          const mean = add(at(dy.mean, t), output);
          const ownLogvar = at(dy.logvar, t);
          const logvar = halfDeviation ? add(ownLogvar, mul(output, at(halfDeviation, t))) : ownLogvar;
          const c = gruStepGradient(
            addN([at(dy.con, t), carried.con, matMul(mean, co.mean), matMul(logvar, co.logvar)]),
            slopesAt(slopes.con, t),
            conU,
          );
          const feedback = through(c.dGates, fromFactors);
          return {
            next: {
              con: c.dPrevious,
              gen: g.dPrevious,
              feedback: factorMask ? mul(feedback, at(factorMask, t)) : feedback,
            },
            step: {
              ...{ factor, mean, logvar, conZ: c.dGates.z, conR: c.dGates.r, conN: c.dGates.n },
              ...{ genZ: g.dGates.z, genR: g.dGates.r, genN: g.dGates.n },
            },
          };
        });
        for (const tensor of Object.values(carried)) tensor.dispose();
        carried = next;
        steps[t] = step;
      }
      const rows = (name: keyof (typeof steps)[number]) =>
        concat(
          steps.map((step) => step[name]),
          0,
        );
      return {
        ...carried,
        factors: rows("factor"),
        mean: rows("mean"),
        logvar: rows("logvar"),
        conGates: { z: rows("conZ"), r: rows("conR"), n: rows("conN") },
        genGates: { z: rows("genZ"), r: rows("genR"), n: rows("genN") },
      };
    });
    const weightGradient = (dGates: Gates, x: Tensor) =>
      joinRows(mapGates(dGates, (gate) => transposedMatMul(gate, asMatrix(x))));
    const feedback = () => reshape(statesBefore(y.factor, inputs.factor0), y.factor.shape);
    return {
      controllerInput: () => reshape(through(d.conGates, gateRows(con.first)), controllerInput.shape),
      conWeightIh: () => {
        const masked = factorMask ? mul(feedback(), factorMask) : feedback();
        return concat([weightGradient(d.conGates, controllerInput), weightGradient(d.conGates, masked)], 1);
      },
      conWeightHh: () => recurrentWeightGradient(d.conGates, before.con, asMatrix(y.conR)),
      conBias: () => joinRows(mapGates(d.conGates, (gate) => sum(gate, 0))),
      con0: () => d.con.clone(),
      coWeight: () => {
        const states = asMatrix(y.con);
        return concat([transposedMatMul(d.mean, states), transposedMatMul(d.logvar, states)], 0);
      },
      coBias: () => concat([sum(d.mean, 0), sum(d.logvar, 0)], 0),
      noise: () => {
        const dOutput = add(asMatrix(dy.output), through(d.genGates, gateRows(gen.first)));
        return reshape(mul(dOutput, exp(mul(0.5, asMatrix(y.logvar)))), noise!.shape);
      },
      externalInputs: () => reshape(through(d.genGates, gateRows(gen.rest)), externalInputs!.shape),
      genWeightIh: () => {
        const own = weightGradient(d.genGates, y.output);
        return externalInputs ? concat([own, weightGradient(d.genGates, externalInputs)], 1) : own;
      },
      genWeightHh: () => recurrentWeightGradient(d.genGates, before.gen, asMatrix(y.genR)),
      genBias: () => joinRows(mapGates(d.genGates, (gate) => sum(gate, 0))),
      gen0: () => d.gen.clone(),
      facWeight: () =>
        transposedMatMul(d.factors, asMatrix(generatorMask ? mul(y.gen, generatorMask) : y.gen)),
      factor0: () => d.feedback.clone(),
      factorMask: () => mul(reshape(through(d.conGates, gateRows(con.rest)), factorMask!.shape), feedback()),
      generatorMask: () => mul(reshape(matMul(d.factors, inputs.facWeight), generatorMask!.shape), y.gen),
    };
  },
};

/** The first `width` columns of a weight and the rest; no rest is null-sized. */
function split(weight: Tensor, width: number): { first: Tensor; rest: Tensor } {
  const [rows, columns] = weight.shape as [number, number];
  return {
    first: slice(weight, [0, 0], [rows, width]),
    rest: slice(weight, [0, width], [rows, columns - width]),
  };
}

/** Rows of the affine map to the controller output: `[U, C]` and `[U]` each. */
function posteriorWeights({ coWeight, coBias }: DecoderInputs) {
  const [rows, units] = coWeight.shape as [number, number];
  const half = rows / 2;
  return {
    mean: slice(coWeight, [0, 0], [half, units]),
    logvar: slice(coWeight, [half, 0], [half, units]),
    meanBias: slice(coBias, [0], [half]),
    logvarBias: slice(coBias, [half], [half]),
  };
}

/** Gradient of the input behind the gates: `sum_gate d_gate W_gate`. */
function through(dGates: Gates, weights: Gates): Tensor {
  return addN([matMul(dGates.z, weights.z), matMul(dGates.r, weights.r), matMul(dGates.n, weights.n)]);
}

/**
 * The decoder loop of LFADS with GRU controller and generator, with one gradient for all of it. In bin t:
 * `c = GRU([controllerInput, factors before])`, `(mean, logvar) = W c + b`, `u = mean + exp(logvar / 2) noise`,
 * `g = GRU([u, externalInputs])`, `factors = W_fac g`; states are clipped to `+-clip`.
 *
 * @throws if a shape does not fit the others
 */
export function decoderSequence(inputs: DecoderInputs, clip = 5): DecoderStates {
  const { controllerInput, noise, externalInputs, factorMask, generatorMask } = inputs;
  const [bins, batch, ciWidth] = controllerInput.shape as [number, number, number];
  const con = inputs.conWeightHh.shape[1]!;
  const gen = inputs.genWeightHh.shape[1]!;
  const factors = inputs.facWeight.shape[0]!;
  const outputs = inputs.coWeight.shape[0]! / 2;
  const external = externalInputs?.shape[2] ?? 0;
  if (controllerInput.rank !== 3 || bins < 1) {
    throw new Error(
      `decoderSequence: controllerInput must be [bins >= 1, batch, width], got [${controllerInput.shape}]`,
    );
  }
  if (!(clip > 0)) throw new Error(`decoderSequence: clip must be positive, got ${clip}`);
  const shapes: [string, Tensor | undefined, number[]][] = [
    ["conWeightIh", inputs.conWeightIh, [3 * con, ciWidth + factors]],
    ["conWeightHh", inputs.conWeightHh, [3 * con, con]],
    ["conBias", inputs.conBias, [3 * con]],
    ["con0", inputs.con0, [batch, con]],
    ["coWeight", inputs.coWeight, [2 * outputs, con]],
    ["coBias", inputs.coBias, [2 * outputs]],
    ["noise", noise, [bins, batch, outputs]],
    ["externalInputs", externalInputs, [bins, batch, external]],
    ["genWeightIh", inputs.genWeightIh, [3 * gen, outputs + external]],
    ["genWeightHh", inputs.genWeightHh, [3 * gen, gen]],
    ["genBias", inputs.genBias, [3 * gen]],
    ["gen0", inputs.gen0, [batch, gen]],
    ["facWeight", inputs.facWeight, [factors, gen]],
    ["factor0", inputs.factor0, [batch, factors]],
    ["factorMask", factorMask, [bins, batch, factors]],
    ["generatorMask", generatorMask, [bins, batch, gen]],
  ];
  for (const [name, tensor, shape] of shapes) {
    if (tensor) requireShape("decoderSequence", name, tensor, shape);
  }
  const present = Object.fromEntries(
    Object.entries(inputs).filter(([, tensor]) => tensor !== undefined),
  ) as DecoderInputs & Record<string, Tensor>;
  const [f, coMean, coLogvar, u, g, c] = runOp(decoderSequenceOp, present, { clip }) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  return { factors: f, coMean, coLogvar, controllerOutputs: u, generatorStates: g, controllerStates: c };
}
