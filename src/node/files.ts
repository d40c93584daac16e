import { readFile } from "node:fs/promises";
import type { Dataset, NdArray, Safetensors, ValidateOptions } from "../data";
import { readSafetensors, writeSafetensors } from "../data";
import { named } from "../data/named";
import { type ReadHdf5Options, readHdf5, writeHdf5 } from "../hdf5";
import { writeFileAtomically } from "./writeFileAtomically";

/**
 * Reads a data set from a file. @throws as {@link readHdf5}, and if the file cannot be read
 *
 * @example
 * ```ts
 * import { loadHdf5 } from "lfads/node";
 *
 * const { train, attributes } = await loadHdf5("recording.h5");
 * console.log(train.encode.shape, attributes!.bin_ms); // [ 16, 20, 6 ] 10
 * ```
 */
export async function loadHdf5(
  path: string,
  options: ReadHdf5Options & ValidateOptions = {},
): Promise<Dataset> {
  return named(`loadHdf5: ${path}`, async () => readHdf5(await readFile(path), options));
}

/**
 * Writes a data set to a file, atomically. @throws as {@link writeHdf5} and {@link writeFileAtomically}
 *
 * @example
 * ```ts
 * import { simulateLorenz } from "lfads";
 * import { saveHdf5 } from "lfads/node";
 *
 * await saveHdf5("lorenz.h5", simulateLorenz({ conditions: 5, trialsPerCondition: 4 }));
 * ```
 */
export async function saveHdf5(path: string, dataset: Dataset, options: ValidateOptions = {}): Promise<void> {
  await writeFileAtomically(path, await writeHdf5(dataset, options));
}

/** Reads tensors and metadata from a file. @throws as {@link readSafetensors}, and if the file cannot be read */
export async function loadSafetensors(path: string): Promise<Safetensors> {
  return named(`loadSafetensors: ${path}`, async () => readSafetensors(await readFile(path)));
}

/** Writes tensors and metadata to a file, atomically. @throws as {@link writeSafetensors} and {@link writeFileAtomically} */
export async function saveSafetensors(
  path: string,
  tensors: Readonly<Record<string, NdArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeFileAtomically(path, writeSafetensors(tensors, metadata));
}
