import type { Dataset } from "../dataset";
import { named } from "../named";
import { checkDataset, type ValidateOptions } from "../validate";
import { fromDataset } from "./layout";
import { writeAll } from "./writeHdf5Arrays";

/**
 * Writes a data set as an HDF5 file that {@link readHdf5}, lfads-torch and h5py read.
 *
 * @throws as `validateDataset` and {@link writeHdf5Arrays} do, and if the name of an extra or shared array is that
 *   of another one in the file
 */
export async function writeHdf5(dataset: Dataset, options: ValidateOptions = {}): Promise<Uint8Array> {
  return named("writeHdf5", async () => {
    checkDataset(dataset, options, (set) => (field) => `${set}.${field}`);
    return writeAll(fromDataset(dataset), dataset.attributes ?? {});
  });
}
