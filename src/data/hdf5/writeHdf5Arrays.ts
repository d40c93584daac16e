import type { Attributes } from "../dataset";
import { named } from "../named";
import { checkShape, elementCount, type NdArray, type NumericData } from "../ndarray";
import { Hdf5Library } from "./library";
import { type NewFile, writeFile } from "./openFile";

/** About how many bytes are compressed, and read, at once. */
const CHUNK_BYTES = 2 ** 20;

/**
 * Writes arrays and attributes as an HDF5 file, compressed by gzip. Whole numbers in attributes become int32 where they
 * fit, other numbers float64.
 *
 * ```ts
 * import { ndarray } from "lfads";
 * import { writeHdf5Arrays } from "lfads/hdf5";
 *
 * const rates = ndarray(new Float32Array(2 * 20 * 8), [2, 20, 8]);
 * const bytes = await writeHdf5Arrays({ valid_output_params: rates }, { bin_ms: 5 });
 * ```
 *
 * @throws if h5wasm is missing, an array does not fill its shape, a name or text cannot be written, or HDF5 reports a
 *   failure
 */
export async function writeHdf5Arrays(
  arrays: Readonly<Record<string, NdArray>>,
  attributes: Attributes = {},
): Promise<Uint8Array> {
  return named("writeHdf5Arrays", () => writeAll(arrays, attributes));
}

/** {@link writeHdf5Arrays} without its name in errors. */
export async function writeAll(
  arrays: Readonly<Record<string, NdArray>>,
  attributes: Attributes,
): Promise<Uint8Array> {
  for (const [name, array] of Object.entries(arrays)) {
    checkName(name);
    checkShape(`array "${name}"`, array);
  }
  for (const [name, value] of Object.entries(attributes)) {
    checkName(name);
    checkAttribute(name, value);
  }
  const library = await Hdf5Library.load();
  return writeFile(library, (file) => {
    for (const [name, array] of Object.entries(arrays)) {
      library.call(() => createArray(file, name, array));
    }
    for (const [name, value] of Object.entries(attributes)) {
      library.call(() => createAttribute(file, name, value));
    }
  });
}

function createArray(file: NewFile, name: string, { data, shape }: NdArray): void {
  const [rows = 0, ...rest] = shape;
  const plain = { name, data, shape: [...shape], dtype: dtypeOf(data) };
  if (data.length === 0 || shape.length === 0) {
    file.create_dataset(plain); // HDF5 has no chunks of these
    return;
  }
  const rowsAtOnce = Math.floor(CHUNK_BYTES / (elementCount(rest) * data.BYTES_PER_ELEMENT));
  const chunks = [Math.min(rows, Math.max(1, rowsAtOnce)), ...rest];
  file.create_dataset({ ...plain, chunks, compression: "gzip", compression_opts: 4 });
}

/** Type letters as in Python's `struct`. */
function dtypeOf(data: NumericData): string {
  if (data instanceof Float32Array) return "<f";
  if (data instanceof Float64Array) return "<d";
  if (data instanceof Int8Array) return "<b";
  if (data instanceof Int16Array) return "<h";
  if (data instanceof Int32Array) return "<i";
  return data.BYTES_PER_ELEMENT === 1 ? "<B" : data.BYTES_PER_ELEMENT === 2 ? "<H" : "<I";
}

function createAttribute(file: NewFile, name: string, value: Attributes[string]): void {
  const isList = typeof value === "object";
  const values = (isList ? [...value] : [value]) as string[] | number[];
  const isInt32 = (x: string | number) => typeof x === "number" && x === (x | 0);
  const dtype = typeof values[0] === "string" ? "S" : values.every(isInt32) ? "<i" : "<d";
  file.create_attribute(name, values, isList ? [values.length] : [], dtype);
}

function checkName(name: string): void {
  if (name === "" || name === "." || name === ".." || name === "__proto__" || /[/\0]/.test(name)) {
    throw new Error(
      `names must not be empty, ".", ".." or "__proto__" nor contain "/" or NUL, got ${JSON.stringify(name)}`,
    );
  }
}

function checkAttribute(name: string, value: Attributes[string]): void {
  const values = typeof value === "object" ? value : [value];
  for (const x of values) {
    if (typeof x !== typeof values[0] || (typeof x !== "number" && typeof x !== "string")) {
      throw new Error(`attribute "${name}" must be numbers or strings, got ${JSON.stringify(value)}`);
    }
    if (typeof x === "string" && x.includes("\0"))
      throw new Error(`attribute "${name}" must not contain NUL`);
  }
}
