import { Decoder } from "./decoder";
import { gemm } from "./gemm";
import { gruStepGradient } from "./gru";
import { addTo, multiply } from "./rows";
import { add, bytes, mul, splat, sub } from "./vector";

/**
 * Trials `from` to `to` of the decoder's gradient by gates, posterior, factors and initial states; those by weights and inputs
 * are products of these. Here the recurrent weights are packed as `gruStepGradient` wants them, the others transposed.
 * Scratch: one matrix `[rows, max(con, gen, factors)]`.
 */
export function decoderSequenceGradient(p: Decoder, scratch: usize, from: i32, to: i32): void {
  const rows = to - from;
  const row = usize(from);
  const count = usize(rows);
  const conStep = bytes(p.con);
  const genStep = bytes(p.gen);
  const outStep = bytes(p.outputs);
  const facStep = bytes(p.factors);
  const dCon = p.dCon0 + row * conStep;
  const dGen = p.dGen0 + row * genStep;
  const dFeedback = p.dFactor0 + row * facStep;
  for (let t = p.bins - 1; t >= 0; t--) {
    const at = usize(t) * usize(p.batch) + row;
    const before = at - usize(p.batch);

    const dFactors = p.dFactorStates + at * facStep;
    addTo(dFactors, dFeedback, count * facStep);
    memory.fill(scratch, 0, count * genStep);
    gemm(scratch, genStep, scratch, genStep, dFactors, facStep, p.facWeight, rows, p.gen, p.factors);
    if (p.generatorMask) multiply(scratch, scratch, p.generatorMask + at * genStep, count * genStep);
    addTo(dGen, scratch, count * genStep);
    if (p.dGenStates) addTo(dGen, p.dGenStates + at * genStep, count * genStep);
    const dGenGates = p.dGenGates + at * 3 * genStep;
    gruStepGradient(
      dGen,
      dGenGates,
      p.genGates + at * 3 * genStep,
      t > 0 ? p.genStates + before * genStep : p.gen0 + row * genStep,
      p.genStates + at * genStep,
      scratch,
      p.genRecurrent,
      rows,
      p.gen,
      p.clip,
    );

    const dOutput = p.dOutput + at * outStep;
    gemm(dOutput, outStep, dOutput, outStep, dGenGates, 3 * genStep, p.genOutput, rows, p.outputs, 3 * p.gen);
    const dPosterior = p.dPosterior + at * 2 * outStep;
    const noise = p.noise != 0;
    sampleGradient(dPosterior, dOutput, p.posterior + at * 2 * outStep, p.output + at * outStep, noise, rows, outStep);

    if (p.dConStates) addTo(dCon, p.dConStates + at * conStep, count * conStep);
    gemm(dCon, conStep, dCon, conStep, dPosterior, 2 * outStep, p.coWeight, rows, p.con, 2 * p.outputs);
    const dConGates = p.dConGates + at * 3 * conStep;
    gruStepGradient(
      dCon,
      dConGates,
      p.conGates + at * 3 * conStep,
      t > 0 ? p.conStates + before * conStep : p.con0 + row * conStep,
      p.conStates + at * conStep,
      scratch,
      p.conRecurrent,
      rows,
      p.con,
      p.clip,
    );

    memory.fill(dFeedback, 0, count * facStep);
    gemm(dFeedback, facStep, dFeedback, facStep, dConGates, 3 * conStep, p.conFactors, rows, p.factors, 3 * p.con);
    if (p.factorMask) multiply(dFeedback, dFeedback, p.factorMask + at * facStep, count * facStep);
  }
}

/** Adds the gradient of the sample to that of the posterior: `d` to the mean's, `d (output - mean) / 2` to the log-variance's. */
@inline
function sampleGradient(
  dPosterior: usize,
  d: usize,
  posterior: usize,
  output: usize,
  noise: bool,
  rows: i32,
  step: usize,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < step; j += 16) {
      const g = v128.load(d + j);
      v128.store(dPosterior + j, add(v128.load(dPosterior + j), g));
      if (noise) {
        const deviation = sub(v128.load(output + j), v128.load(posterior + j));
        const own = v128.load(dPosterior + step + j);
        v128.store(dPosterior + step + j, add(own, mul(mul(splat(0.5), g), deviation)));
      }
    }
    d += step;
    output += step;
    dPosterior += 2 * step;
    posterior += 2 * step;
  }
}
