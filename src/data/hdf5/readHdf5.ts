import type { Dataset } from "../dataset";
import { named } from "../named";
import { checkDataset, type ValidateOptions } from "../validate";
import { arrayName, toDataset } from "./layout";
import { type ReadHdf5Options, readAll } from "./readHdf5Arrays";

/**
 * Reads a data set from an HDF5 file in the layout of lfads-torch: `train_encod_data`, `train_recon_data`, and if
 * present `train_ext_input` and `train_truth`; likewise `valid_...` and `test_...`. Other arrays with such a prefix are
 * the set's `extras`, arrays without one are `shared`, attributes of the file are `attributes`.
 *
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { readHdf5 } from "lfads/hdf5";
 *
 * const dataset = await readHdf5(await readFile("recording.h5")); // in a page: of `fetch(url)`, its `arrayBuffer()`
 * ```
 *
 * @throws as {@link readHdf5Arrays} and `validateDataset` do, and if an array that is needed is missing
 */
export async function readHdf5(
  bytes: Uint8Array | ArrayBuffer,
  options: ReadHdf5Options & ValidateOptions = {},
): Promise<Dataset> {
  return named("readHdf5", async () => {
    const dataset = toDataset(await readAll(bytes, options));
    checkDataset(dataset, options, (set) => (field) => arrayName(set, field));
    return dataset;
  });
}
