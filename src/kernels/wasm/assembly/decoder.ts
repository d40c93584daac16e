/** Arguments of the decoder loop and its gradient; B trials, T bins, matrices `[T, B, width]` unless noted. */
@unmanaged
export class Decoder {
  bins: i32;
  batch: i32;
  clip: f32;
  /** Widths: controller input, controller, its output, external inputs (0 for none), generator, factors. */
  inputs: i32;
  con: i32;
  outputs: i32;
  external: i32;
  gen: i32;
  factors: i32;

  controllerInput: usize;
  /** 0 for none, like the masks. */
  noise: usize;
  externalInputs: usize;
  factorMask: usize;
  generatorMask: usize;
  /** `[B, width]` */
  con0: usize;
  gen0: usize;
  factor0: usize;

  /** Packed weights of the controller: inputs, factors, recurrent; its bias; its output's weight and bias. */
  conInput: usize;
  conFactors: usize;
  conRecurrent: usize;
  conBias: usize;
  coWeight: usize;
  coBias: usize;
  /** Of the generator: controller output, external inputs, recurrent; its bias; the factors' weight. */
  genOutput: usize;
  genExternal: usize;
  genRecurrent: usize;
  genBias: usize;
  facWeight: usize;

  factorStates: usize;
  /** Mean, then log-variance: `[T, B, 2 outputs]`. */
  posterior: usize;
  output: usize;
  genStates: usize;
  conStates: usize;
  /** `[T, B, 3 con]` and `[T, B, 3 gen]`, or one bin that all bins share: step 0. */
  conGates: usize;
  conGatesStep: usize;
  genGates: usize;
  genGatesStep: usize;

  /** Gradients by the results: factors, posterior, output, states (0 for none). */
  dFactorStates: usize;
  dPosterior: usize;
  dOutput: usize;
  dGenStates: usize;
  dConStates: usize;
  /** Gradients by sums: of the gates, of the posterior (in the place of its own), of the factors (likewise). */
  dConGates: usize;
  dGenGates: usize;
  /** `[B, width]`, zero on entry: by the initial states. */
  dCon0: usize;
  dGen0: usize;
  dFactor0: usize;
}
