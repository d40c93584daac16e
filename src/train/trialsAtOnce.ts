import type { Architecture } from "../model";

/** Half of the memory that a WebAssembly module can have. */
const MOST_BYTES = 2 ** 31;

/**
 * How many times the saved numbers a training step holds at its peak: their gradients, what the loss is made of, copies around the
 * kernels, and the heap, which grows by fifths. Measured with plain tensor operations on the wasm backend, which need the most: 5.5 to 7.
 */
const PEAK = 7;

/** As many trials as a training step can take at once in about 2 GiB: what `trialsAtOnce` of `fit` is by default. */
export function estimateTrialsAtOnce(architecture: Architecture): number {
  return Math.max(1, Math.floor(MOST_BYTES / (4 * PEAK * savedNumbers(architecture))));
}

/** Numbers that a trial's gradient needs: data, what recurrent cells save (of a GRU: state and three gates), posteriors, readout. */
function savedNumbers(architecture: Architecture): number {
  const { bins, sessions, readin, externalInputs, initialCondition, controller, generator, factors } =
    architecture;
  const encode = Math.max(...sessions.map((session) => session.encode + (readin ?? 0)));
  const reconstruct = Math.max(
    ...sessions.map(
      ({ reconstruct, reconstruction }) => reconstruct * (1 + reconstruction.parametersPerChannel),
    ),
  );
  const outputs = controller?.outputs ?? 0;
  const encoderUnits = initialCondition.encoderUnits + (controller?.encoderUnits ?? 0);
  const inputs = outputs + externalInputs;
  const cells = [generator.cell(inputs)];
  if (controller) cells.push(controller.cell(2 * controller.encoderUnits + factors));
  const saved = cells.reduce((sum, cell) => sum + (cell.savedNumbers ?? 4 * cell.stateSize), 0);
  return (
    bins.encode * (encode + 2 * 4 * encoderUnits) +
    bins.reconstruct * (saved + 2 * outputs + inputs + factors + reconstruct)
  );
}
