import { simulateLorenz } from "lfads";
import { writeHdf5 } from "lfads/hdf5";
import { RECORDING, type Settings } from "../../examples/browser/settings";

/** An HDF5 file that trains in no time. */
export function smallFile(): Promise<Uint8Array> {
  return writeHdf5(
    simulateLorenz({ conditions: 6, trialsPerCondition: 10, bins: 15, channels: 9, heldOut: 2 }),
  );
}

/** What a test changes of the settings that the page suggests for a file. */
export const smallChange: Partial<Settings> = {
  encoderUnits: 8,
  generatorUnits: 10,
  factors: 4,
  inferredInputs: 1,
  epochs: 6,
  batchSize: 10,
  seed: 3,
};

export const smallSettings: Settings = { ...RECORDING, ...smallChange };
