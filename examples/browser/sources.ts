import { type Dataset, simulateLorenz } from "lfads";
import { readHdf5 } from "lfads/hdf5";

/** Where data comes from: the simulation, or the bytes of an HDF5 file. */
export type Source = { readonly type: "lorenz" } | { readonly type: "file"; readonly bytes: Uint8Array };

/** Reads or makes a data set, on any platform. @throws what `readHdf5` throws */
export async function loadSource(source: Source): Promise<Dataset> {
  if (source.type === "file") return readHdf5(source.bytes);
  return simulateLorenz({
    conditions: 40,
    trialsPerCondition: 10,
    bins: 50,
    channels: 30,
    heldOut: 6,
    binSeconds: 0.02,
    timeStep: 0.02,
    meanRate: 10,
  });
}
