import { Decoder } from "./decoder";
import { exp } from "./exponentials";
import { gemm } from "./gemm";
import { gruStep } from "./gru";
import { isZero, multiply } from "./rows";
import { bytes, madd, mul, splat } from "./vector";

/** Trials `from` to `to` of the decoder loop. Scratch: two matrices `[rows, max(con, gen, factors)]`. */
export function decoderSequence(p: Decoder, scratch: usize, from: i32, to: i32): void {
  const rows = to - from;
  const row = usize(from);
  const conStep = bytes(p.con);
  const genStep = bytes(p.gen);
  const outStep = bytes(p.outputs);
  const facStep = bytes(p.factors);
  const inStep = bytes(p.inputs);
  const extStep = bytes(p.external);
  const masked = scratch + usize(rows) * max(conStep, genStep);
  let con = p.con0 + row * conStep;
  let gen = p.gen0 + row * genStep;
  let factors = p.factor0 + row * facStep;
  for (let t = 0; t < p.bins; t++) {
    const at = usize(t) * usize(p.batch) + row;
    let seen = factors;
    if (p.factorMask) {
      multiply(masked, factors, p.factorMask + at * facStep, usize(rows) * facStep);
      seen = masked;
    }
    const conGates = p.conGates + usize(t) * p.conGatesStep + 3 * row * conStep;
    const input = p.controllerInput + at * inStep;
    const inputs = isZero(input, inStep, rows, p.inputs) ? 0 : p.inputs;
    gemm(conGates, 3 * conStep, p.conBias, 0, input, inStep, p.conInput, rows, 3 * p.con, inputs);
    gemm(conGates, 3 * conStep, conGates, 3 * conStep, seen, facStep, p.conFactors, rows, 3 * p.con, p.factors);
    const nextCon = p.conStates + at * conStep;
    gruStep(conGates, conGates, 3 * conStep, con, nextCon, scratch, p.conRecurrent, rows, p.con, p.clip);
    con = nextCon;

    const posterior = p.posterior + at * 2 * outStep;
    gemm(posterior, 2 * outStep, p.coBias, 0, con, conStep, p.coWeight, rows, 2 * p.outputs, p.con);
    const output = p.output + at * outStep;
    sample(output, posterior, p.noise ? p.noise + at * outStep : 0, rows, outStep);

    const genGates = p.genGates + usize(t) * p.genGatesStep + 3 * row * genStep;
    gemm(genGates, 3 * genStep, p.genBias, 0, output, outStep, p.genOutput, rows, 3 * p.gen, p.outputs);
    if (p.external) {
      const x = p.externalInputs + at * extStep;
      gemm(genGates, 3 * genStep, genGates, 3 * genStep, x, extStep, p.genExternal, rows, 3 * p.gen, p.external);
    }
    const nextGen = p.genStates + at * genStep;
    gruStep(genGates, genGates, 3 * genStep, gen, nextGen, scratch, p.genRecurrent, rows, p.gen, p.clip);
    gen = nextGen;

    let read = gen;
    if (p.generatorMask) {
      multiply(masked, gen, p.generatorMask + at * genStep, usize(rows) * genStep);
      read = masked;
    }
    factors = p.factorStates + at * facStep;
    memory.fill(factors, 0, usize(rows) * facStep);
    gemm(factors, facStep, factors, facStep, read, genStep, p.facWeight, rows, p.factors, p.gen);
  }
}

/** `mean + exp(logvar / 2) noise`, or the mean. */
@inline
function sample(output: usize, posterior: usize, noise: usize, rows: i32, step: usize): void {
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < step; j += 16) {
      let value = v128.load(posterior + j);
      if (noise) {
        const deviation = exp(mul(splat(0.5), v128.load(posterior + step + j)));
        value = madd(value, deviation, v128.load(noise + j));
      }
      v128.store(output + j, value);
    }
    output += step;
    posterior += 2 * step;
    if (noise) noise += step;
  }
}
