import { elementCount, type NdArray } from "../ndarray";
import { safeIntegers } from "../safeIntegers";
import { type Metadata, numberArray } from "./numberArray";
import type { OpenFile } from "./openFile";

/** Filters that every build of HDF5 has: gzip, shuffle, Fletcher checksum. */
const COMMON_FILTERS = [1, 2, 3];

/**
 * Reads the array `name`; 64-bit integers become float64.
 *
 * @throws if it does not hold integers or floats, takes more than `maxBytes`, or HDF5 cannot read it
 */
export function readArray(file: OpenFile, name: string, maxBytes: number): NdArray {
  const { library, id } = file;
  const metadata = library.call((module) => module.get_dataset_metadata(id, name));
  const { shape, size } = metadata;
  if (!shape) throw new Error("it is empty");
  if (metadata.virtual_sources) throw new Error("it is virtual, a view of other files");
  const Numbers = numberArray(metadata);
  const bytes = elementCount(shape) * size;
  checkSize(metadata, bytes, maxBytes);
  const data = library.withMemory(bytes, (pointer) => {
    if (bytes > 0) read(file, name, pointer);
    return new Numbers(library.module.HEAPU8.slice(pointer, pointer + bytes).buffer);
  });
  const is64Bit = data instanceof BigInt64Array || data instanceof BigUint64Array;
  return { data: is64Bit ? safeIntegers("", data) : data, shape };
}

/** A damaged shape must not make HDF5 allocate all memory. */
function checkSize({ shape, size, chunks, total_size }: Metadata, bytes: number, maxBytes: number): void {
  const chunk = chunks ? elementCount(chunks) * size : 0;
  if (total_size * size === bytes && bytes <= maxBytes && chunk <= maxBytes) return;
  throw new Error(
    `it has ${bytes} bytes (shape [${shape}]) in chunks of ${chunk}, more than its file can hold or maxBytes, ${maxBytes}, allows`,
  );
}

function read({ library, id }: OpenFile, name: string, pointer: number): void {
  try {
    const status = library.call((module) =>
      module.get_dataset_data(id, name, null, null, null, BigInt(pointer)),
    );
    if (status < 0) throw new Error(`HDF5 gives status ${status}`);
  } catch (cause) {
    const rare = library
      .call((module) => module.get_dataset_filters(id, name))
      .filter((filter) => !COMMON_FILTERS.includes(filter.id))
      .map((filter) => `${filter.name || "filter"} (${filter.id})`);
    const hint = rare.length > 0 ? `; h5wasm may lack its filter ${rare}: rewrite the file with gzip` : "";
    throw new Error(`${(cause as Error).message}${hint}`, { cause });
  }
}
