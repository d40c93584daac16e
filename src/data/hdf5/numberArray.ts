import type { Hdf5Library } from "./library";

/** What h5wasm says about an array or attribute. */
export type Metadata = ReturnType<Hdf5Library["module"]["get_dataset_metadata"]>;

/** HDF5's numbers for classes of types. */
export const TYPE = { integer: 0, float: 1, string: 3, enumeration: 8 } as const;

const CONSTRUCTORS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/**
 * The constructor of number arrays for a type of HDF5. Enumerations (h5py's booleans) are their integers.
 *
 * @throws if the type is neither integers of up to 8 bytes nor floats of 4 or 8 bytes
 */
export function numberArray({
  type,
  size,
  signed,
}: Metadata): (typeof CONSTRUCTORS)[keyof typeof CONSTRUCTORS] {
  const bits = 8 * size;
  const isInteger = type === TYPE.integer || type === TYPE.enumeration;
  const name = type === TYPE.float ? `float${bits}` : isInteger ? `${signed ? "int" : "uint"}${bits}` : "";
  if (!Object.hasOwn(CONSTRUCTORS, name)) {
    const what = name || (type === TYPE.string ? "strings" : `HDF5 type class ${type}`);
    throw new Error(`it must hold integers or floats (8 to 64 bits; floats 32 or 64), got ${what}`);
  }
  return CONSTRUCTORS[name as keyof typeof CONSTRUCTORS];
}
