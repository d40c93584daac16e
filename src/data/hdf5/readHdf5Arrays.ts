import type { Attributes } from "../dataset";
import { named } from "../named";
import type { NdArray } from "../ndarray";
import { checkFile } from "./checkFile";
import { Hdf5Library } from "./library";
import { type OpenFile, readFile } from "./openFile";
import { readArray } from "./readArray";
import { readAttribute } from "./readAttribute";

/** The arrays and attributes at the top of an HDF5 file. */
export interface Hdf5Arrays {
  readonly arrays: Readonly<Record<string, NdArray>>;
  readonly attributes: Attributes;
}

export interface ReadHdf5Options {
  /**
   * Which arrays and attributes to read, by name. A file may hold what this library has no use for (groups, tables,
   * text): reading that is an error, leaving it out is not.
   *
   * @default all
   */
  readonly only?: (name: string) => boolean;
  /**
   * The largest array to read, in bytes. The default, which no compression by gzip exceeds, keeps a damaged file from
   * taking all memory.
   *
   * @default 1100 times the size of the file, at least 64 MiB
   */
  readonly maxBytes?: number;
}

/**
 * Reads the arrays and attributes of an HDF5 file. Integers of 64 bits become float64, booleans 0 and 1.
 *
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { readHdf5Arrays } from "lfads/hdf5";
 *
 * const { arrays, attributes } = await readHdf5Arrays(await readFile("recording.h5"), {
 *   only: (name) => name.startsWith("train_") || name === "bin_ms",
 * });
 * console.log(arrays.train_recon_data!.shape, attributes.bin_ms); // [ 16, 20, 8 ] 10
 * ```
 *
 * @throws if h5wasm is missing, if this is not an HDF5 file, if something to be read is neither numbers (arrays) nor
 *   numbers or text (attributes), if an integer is beyond 2^53 - 1, or if HDF5 reports any failure
 */
export async function readHdf5Arrays(
  bytes: Uint8Array | ArrayBuffer,
  options: ReadHdf5Options = {},
): Promise<Hdf5Arrays> {
  return named("readHdf5Arrays", () => readAll(bytes, options));
}

/** {@link readHdf5Arrays} without its name in errors. */
export async function readAll(
  source: Uint8Array | ArrayBuffer,
  { only = () => true, maxBytes }: ReadHdf5Options,
): Promise<Hdf5Arrays> {
  const library = await Hdf5Library.load();
  const bytes = source instanceof Uint8Array ? source : new Uint8Array(source);
  checkFile(bytes);
  const limit = maxBytes ?? Math.max(64 * 2 ** 20, 1100 * bytes.length);
  return readFile(library, bytes, (file) => ({
    arrays: collect("array", arrayNames(file).filter(only), (name) => {
      checkIsArray(file, name);
      return readArray(file, name, limit);
    }),
    attributes: collect("attribute", attributeNames(file).filter(only), (name) =>
      readAttribute(file, name, bytes.length),
    ),
  }));
}

function arrayNames({ library, id }: OpenFile): string[] {
  return library.call((module) => module.get_names(id, "/", false));
}

function attributeNames({ library, id }: OpenFile): string[] {
  return library.call((module) => module.get_attribute_names(id, "/"));
}

function checkIsArray({ library, id }: OpenFile, name: string): void {
  const link: { filename?: string } = library.call((module) => module.get_external_link(id, name));
  if (link.filename !== undefined) throw new Error(`it is a link to another file, ${link.filename}`);
  const type = library.call((module) => module.get_type(id, name));
  const { H5G_DATASET, H5G_GROUP, H5G_TYPE } = library.module;
  if (type === H5G_DATASET) return;
  const what = type === H5G_GROUP ? "a group" : type === H5G_TYPE ? "a type" : "a broken link";
  throw new Error(`it must be an array, got ${what}`);
}

function collect<T>(kind: string, names: readonly string[], read: (name: string) => T): Record<string, T> {
  const entries = names.map((name): [string, T] => {
    try {
      if (name === "__proto__") throw new Error("it must have another name");
      return [name, read(name)];
    } catch (cause) {
      throw new Error(`cannot read ${kind} "${name}": ${(cause as Error).message}`, { cause });
    }
  });
  return Object.fromEntries(entries);
}
