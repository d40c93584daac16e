import {
  add,
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
  at,
  backwardBlocks,
  columns,
  forwardBlocks,
  gruStep,
  gruStepGradient,
  recurrentWeightGradient,
  statesBefore,
} from "./gruStep";
import { asMatrix, transposedMatMul } from "./linear";
import { type Op, runOp } from "./op";

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
  /** Mean and log-variance of the controller output, `[T, B, 2U]`. */
  readonly coParameters: Tensor;
  /** Controller output that went into the generator, `[T, B, U]`. */
  readonly controllerOutputs: Tensor;
  /** `[T, B, G]` */
  readonly generatorStates: Tensor;
  /** `[T, B, C]` */
  readonly controllerStates: Tensor;
}

const decoderSequenceOp: Op<DecoderInputs & Record<string, Tensor>, { clip: number }> = {
  name: "LfadsDecoderSequence",
  results: 5,
  outputs: 9,
  forward(inputs, { clip }) {
    return tidy(() => {
      const { controllerInput, externalInputs, noise, factorMask, generatorMask } = inputs;
      const [bins, batch, ciWidth] = controllerInput.shape as [number, number, number];
      const outputs = inputs.coWeight.shape[0]! / 2;
      const conIh = transpose(inputs.conWeightIh); // [K + F, 3C]
      const conIhFactors = slice(conIh, [ciWidth, 0]);
      const genIh = transpose(inputs.genWeightIh); // [U + E, 3G]
      const genIhOutputs = slice(genIh, [0, 0], [outputs, -1]);
      const conU = forwardBlocks(inputs.conWeightHh);
      const genU = forwardBlocks(inputs.genWeightHh);
      const coW = transpose(inputs.coWeight);
      const facW = transpose(inputs.facWeight);
      const project = (x: Tensor, w: Tensor, bias: Tensor) =>
        reshape(add(matMul(asMatrix(x), w), bias), [bins, batch, bias.shape[0]!]);
      const conGates = project(controllerInput, slice(conIh, [0, 0], [ciWidth, -1]), inputs.conBias);
      const genGates = externalInputs && project(externalInputs, slice(genIh, [outputs, 0]), inputs.genBias);
      const collected: Tensor[][] = Array.from({ length: 9 }, () => []);
      let con = inputs.con0;
      let gen = inputs.gen0;
      let factor = inputs.factor0;
      for (let t = 0; t < bins; t++) {
        const step = tidy(() => {
          const feedback = factorMask ? mul(factor, at(factorMask, t)) : factor;
          const c = gruStep(add(at(conGates, t), matMul(feedback, conIhFactors)), con, conU, clip);
          const co = add(matMul(c.state, coW), inputs.coBias);
          const mean = columns(co, 0, outputs);
          const output = noise
            ? add(mean, mul(exp(mul(0.5, columns(co, outputs, outputs))), at(noise, t)))
            : mean;
          const fromOutputs = matMul(output, genIhOutputs);
          const g = gruStep(add(fromOutputs, genGates ? at(genGates, t) : inputs.genBias), gen, genU, clip);
          const dropped = generatorMask ? mul(g.state, at(generatorMask, t)) : g.state;
          return [matMul(dropped, facW), co, output, g.state, c.state, c.zr, c.n, g.zr, g.n];
        }) as [Tensor, Tensor, Tensor, Tensor, Tensor, ...Tensor[]];
        step.forEach((tensor, i) => {
          collected[i]!.push(tensor);
        });
        [factor, , , gen, con] = step;
      }
      return collected.map((tensors) => stack(tensors));
    });
  },
  gradient(dys, inputs, outputs, { clip }) {
    const { controllerInput, externalInputs, noise, factorMask, generatorMask } = inputs;
    const [dFactors, dCo, dOutputs, dGenStates, dConStates] = dys as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const [factors, co, samples, genStates, conStates, conZr, conN, genZr, genN] = outputs as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const bins = controllerInput.shape[0]!;
    const ciWidth = controllerInput.shape[2]!;
    const width = inputs.coWeight.shape[0]! / 2;
    const d = tidy(() => {
      const conU = backwardBlocks(inputs.conWeightHh);
      const genU = backwardBlocks(inputs.genWeightHh);
      const conIhFactors = slice(inputs.conWeightIh, [0, ciWidth]);
      const genIhOutputs = slice(inputs.genWeightIh, [0, 0], [-1, width]);
      const conGates: Tensor[] = [];
      const genGates: Tensor[] = [];
      const cos: Tensor[] = [];
      const dFacs: Tensor[] = [];
      let con: Tensor = zerosLike(inputs.con0);
      let gen: Tensor = zerosLike(inputs.gen0);
      let factor: Tensor = zerosLike(inputs.factor0);
      for (let t = bins - 1; t >= 0; t--) {
        const step = tidy(() => {
          const dFactor = add(at(dFactors, t), factor);
          const fromFactor = matMul(dFactor, inputs.facWeight);
          const g = gruStepGradient(
            add(
              add(at(dGenStates, t), gen),
              generatorMask ? mul(fromFactor, at(generatorMask, t)) : fromFactor,
            ),
            { state: at(genStates, t), zr: at(genZr, t), n: at(genN, t) },
            t > 0 ? at(genStates, t - 1) : inputs.gen0,
            genU,
            clip,
          );
          const dOutput = add(at(dOutputs, t), matMul(g.dGates, genIhOutputs));
          const direct = at(dCo, t);
          const dMean = add(columns(direct, 0, width), dOutput);
          let dLogvar = columns(direct, width, width);
          if (noise) {
            const deviation = sub(at(samples, t), columns(at(co, t), 0, width)); // std * noise
            dLogvar = add(dLogvar, mul(mul(0.5, dOutput), deviation));
          }
          const dCoStep = concat([dMean, dLogvar], 1);
          const c = gruStepGradient(
            add(add(at(dConStates, t), con), matMul(dCoStep, inputs.coWeight)),
            { state: at(conStates, t), zr: at(conZr, t), n: at(conN, t) },
            t > 0 ? at(conStates, t - 1) : inputs.con0,
            conU,
            clip,
          );
          const dFeedback = matMul(c.dGates, conIhFactors);
          return [
            factorMask ? mul(dFeedback, at(factorMask, t)) : dFeedback,
            g.dPrevious,
            c.dPrevious,
            dFactor,
            g.dGates,
            c.dGates,
            dCoStep,
          ];
        }) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
        for (const carried of [con, gen, factor]) carried.dispose();
        [factor, gen, con, dFacs[t], genGates[t], conGates[t], cos[t]] = step;
      }
      const rows = (tensors: Tensor[]) => asMatrix(stack(tensors));
      return {
        con,
        gen,
        factor,
        factors: rows(dFacs),
        genGates: rows(genGates),
        conGates: rows(conGates),
        co: rows(cos),
      };
    });
    return {
      controllerInput: () =>
        reshape(matMul(d.conGates, slice(inputs.conWeightIh, [0, 0], [-1, ciWidth])), controllerInput.shape),
      conWeightIh: () => {
        const feedback = reshape(statesBefore(factors, inputs.factor0), factors.shape);
        const masked = factorMask ? mul(feedback, factorMask) : feedback;
        return transposedMatMul(d.conGates, asMatrix(concat([controllerInput, masked], 2)));
      },
      conWeightHh: () =>
        recurrentWeightGradient(d.conGates, statesBefore(conStates, inputs.con0), asMatrix(conZr)),
      conBias: () => sum(d.conGates, 0),
      con0: () => d.con.clone(),
      coWeight: () => transposedMatMul(d.co, asMatrix(conStates)),
      coBias: () => sum(d.co, 0),
      noise: () => {
        const dOutput = add(
          asMatrix(dOutputs),
          matMul(d.genGates, slice(inputs.genWeightIh, [0, 0], [-1, width])),
        );
        const std = exp(mul(0.5, columns(asMatrix(co), width, width)));
        return reshape(mul(dOutput, std), noise!.shape);
      },
      externalInputs: () =>
        reshape(matMul(d.genGates, slice(inputs.genWeightIh, [0, width])), externalInputs!.shape),
      genWeightIh: () => {
        const input = externalInputs ? concat([samples, externalInputs], 2) : samples;
        return transposedMatMul(d.genGates, asMatrix(input));
      },
      genWeightHh: () =>
        recurrentWeightGradient(d.genGates, statesBefore(genStates, inputs.gen0), asMatrix(genZr)),
      genBias: () => sum(d.genGates, 0),
      gen0: () => d.gen.clone(),
      facWeight: () =>
        transposedMatMul(d.factors, asMatrix(generatorMask ? mul(genStates, generatorMask) : genStates)),
      factor0: () => d.factor.clone(),
      factorMask: () => {
        const dMasked = matMul(d.conGates, slice(inputs.conWeightIh, [0, ciWidth]));
        return mul(
          reshape(dMasked, factorMask!.shape),
          reshape(statesBefore(factors, inputs.factor0), factors.shape),
        );
      },
      generatorMask: () => mul(reshape(matMul(d.factors, inputs.facWeight), generatorMask!.shape), genStates),
    };
  },
};

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
    if (tensor && `${tensor.shape}` !== `${shape}`) {
      throw new Error(`decoderSequence: ${name} must be [${shape}], got [${tensor.shape}]`);
    }
  }
  const present = Object.fromEntries(
    Object.entries(inputs).filter(([, tensor]) => tensor !== undefined),
  ) as DecoderInputs & Record<string, Tensor>;
  const [f, co, u, g, c] = runOp(decoderSequenceOp, present, { clip }) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  return { factors: f, coParameters: co, controllerOutputs: u, generatorStates: g, controllerStates: c };
}
