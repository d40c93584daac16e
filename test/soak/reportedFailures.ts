import * as h5wasm from "h5wasm";
import { checkFile } from "../../src/data/hdf5/checkFile";
import { mutate } from "./mutate";
import { sources } from "./sources";

/**
 * Prints the indices of the damaged files at which HDF5 reports a failure, according to h5wasm's own handler that throws
 * at each. It breaks the library after some hundred errors, so this is a process of its own.
 */
const [seed, count] = process.argv.slice(2).map(Number) as [number, number];
const files = await sources("hdf5");
const { FS } = await h5wasm.ready;
h5wasm.Module.activate_throwing_error_handler();
const reported: number[] = [];
for (let index = 0; index < count; index++) {
  const bytes = mutate(files, seed, index);
  try {
    checkFile(bytes); // HDF5 would hang
  } catch {
    continue;
  }
  try {
    readEverything(bytes, `/damaged${index}.h5`);
  } catch {
    reported.push(index);
  }
}
console.log(JSON.stringify(reported));

function readEverything(bytes: Uint8Array, path: string): void {
  const { Module } = h5wasm;
  FS.writeFile(path, bytes); // a path of its own: HDF5 keeps files open that it failed to read
  const file = new h5wasm.File(path, "r");
  const memory = Module._malloc(2 ** 20);
  try {
    for (const name of file.keys()) {
      const entity = file.get(name);
      if (!(entity instanceof h5wasm.Dataset)) continue;
      const { total_size, size, chunks } = entity.metadata;
      const chunk = (chunks ?? []).reduce((product, length) => product * length, size);
      if (total_size * size > 2 ** 20 || chunk > 2 ** 26) continue;
      Module.get_dataset_data(file.file_id, name, null, null, null, BigInt(memory));
    }
    for (const name of Module.get_attribute_names(file.file_id, "/")) {
      const { total_size, size } = Module.get_attribute_metadata(file.file_id, "/", name);
      if (total_size * size <= 2 ** 20) Module.get_attribute_data(file.file_id, "/", name, BigInt(memory));
    }
  } finally {
    Module._free(memory);
  }
  file.close();
}
