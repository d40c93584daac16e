import { elementCount, type NdArray } from "../ndarray";
import { safeIntegers } from "../safeIntegers";
import type { OpenFile } from "./openFile";

type Metadata = ReturnType<OpenFile["library"]["module"]["get_dataset_metadata"]>;

/** Filters that are built into HDF5: gzip, shuffle, Fletcher checksum, szip, n-bit, scale-offset. */
const BUILT_IN_FILTERS = 6;

/** HDF5's numbers for classes of types. */
const TYPE = { integer: 0, float: 1, string: 3, enumeration: 8 } as const;

/**
 * Reads the array `name` of a file. 64-bit integers become float64.
 *
 * @throws if it does not hold integers or floats, has more than `maxBytes`, or HDF5 cannot read it
 */
export function readArray({ library, id }: OpenFile, name: string, maxBytes: number): NdArray {
  const metadata = library.call((module) => module.get_dataset_metadata(id, name));
  const { shape, size, chunks } = metadata;
  if (!shape) throw new Error("it is empty");
  if (metadata.virtual_sources) throw new Error("virtual data sets, which span several files, cannot be read");
  const Numbers = arrayType(metadata);
  const bytes = elementCount(shape) * size;
  const largest = Math.max(bytes, chunks ? elementCount(chunks) * size : 0);
  if (!(largest <= maxBytes) || metadata.total_size * size !== bytes) {
    throw new Error(
      `shape [${shape}] and chunks [${chunks ?? ""}] take ${largest} bytes, more than is plausible in this file (maxBytes: ${maxBytes})`,
    );
  }
  if (bytes === 0) return { data: decode(new Numbers(0)), shape };
  const data = library.withMemory(bytes, (pointer) => {
    try {
      const status = library.call((module) =>
        module.get_dataset_data(id, name, null, null, null, BigInt(pointer)),
      );
      if (status < 0) throw new Error(`HDF5 cannot read it (status ${status})`);
    } catch (cause) {
      throw new Error(`${(cause as Error).message}${missingFilter({ library, id }, name)}`, { cause });
    }
    return new Numbers(library.module.HEAPU8.slice(pointer, pointer + bytes).buffer);
  });
  return { data: decode(data), shape };
}
