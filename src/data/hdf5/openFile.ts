import type { Hdf5Library } from "./library";

/** A file that is open in HDF5. */
export interface OpenFile {
  readonly library: Hdf5Library;
  readonly id: bigint;
}

export type NewFile = InstanceType<Hdf5Library["h5wasm"]["File"]>;

/** The file in h5wasm's file system, which is in memory. It exists only while no other code can run. */
const PATH = "/lfads-buffer.h5";

/**
 * Opens a file of these bytes, runs `body` and closes the file, whatever happens.
 *
 * @throws what `body` throws, and if HDF5 cannot open or close the file
 */
export function readFile<T>(library: Hdf5Library, bytes: Uint8Array, body: (file: OpenFile) => T): T {
  const { FS } = library.module;
  FS.writeFile(PATH, bytes);
  try {
    const id = library.call((module) => module.open(PATH, module.H5F_ACC_RDONLY, false, -1, -1));
    return thenClose(
      () => body({ library, id }),
      () => library.call((module) => module.close_file(id)),
    );
  } finally {
    FS.unlink(PATH);
  }
}

/**
 * The bytes of a new file that `body` fills.
 *
 * @throws what `body` throws, and if HDF5 cannot create or close the file
 */
export function writeFile(library: Hdf5Library, body: (file: NewFile) => void): Uint8Array {
  const { FS } = library.module;
  try {
    const file = library.call(() => new library.h5wasm.File(PATH, "w"));
    thenClose(
      () => body(file),
      () => library.call(() => file.close()),
    );
    return FS.readFile(PATH);
  } finally {
    if (FS.analyzePath(PATH).exists) FS.unlink(PATH);
  }
}

/** Runs `body`, then `close`; where both fail the error is that of `body`. */
function thenClose<T>(body: () => T, close: () => void): T {
  let result: T;
  try {
    result = body();
  } catch (error) {
    try {
      close();
    } catch {}
    throw error;
  }
  close();
  return result;
}
