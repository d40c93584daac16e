import { summariseReport } from "./errorReport";

type H5wasm = typeof import("h5wasm");
type H5Module = H5wasm["Module"];

/** A part of emscripten's file system that h5wasm's type declarations leave out. */
interface Streams {
  getStream(descriptor: number): { stream_ops: StreamOperations };
}
interface StreamOperations {
  readonly write: (stream: unknown, buffer: ArrayLike<number>, offset: number, length: number) => number;
}

const STDERR = 2;

/**
 * h5wasm, with each failure made an error.
 *
 * HDF5 reports failures on stderr, and most functions of h5wasm go on with garbage after one. Its
 * `activate_throwing_error_handler` throws through the frames of the C library, which loses its stack, locks and open
 * files at every error and dies after about two thousand. So {@link call} lets the function return, and reads stderr.
 */
export class Hdf5Library {
  readonly module: H5Module;

  private constructor(readonly h5wasm: H5wasm) {
    this.module = h5wasm.Module;
  }

  /** @throws if h5wasm is not installed, or does not report failures where this class looks for them */
  static async load(): Promise<Hdf5Library> {
    const h5wasm = await import("h5wasm").catch((cause: unknown) => {
      throw new Error("HDF5 files need the package h5wasm: npm install h5wasm@0.10", { cause });
    });
    await h5wasm.ready;
    const library = new Hdf5Library(h5wasm);
    let heard = false;
    try {
      library.call((module) => module.open("/no such file", module.H5F_ACC_RDONLY, false, -1, -1));
    } catch {
      heard = true;
    }
    if (!heard) throw new Error("this version of h5wasm does not report failures: npm install h5wasm@0.10");
    return library;
  }

  /**
   * Calls h5wasm once.
   *
   * @throws an error with what HDF5 reported meanwhile, else what `body` throws
   */
  call<T>(body: (module: H5Module) => T): T {
    const stderr = (this.module.FS as unknown as Streams).getStream(STDERR);
    const operations = stderr.stream_ops;
    let report = "";
    stderr.stream_ops = {
      ...operations,
      write: (_, buffer, offset, length) => {
        for (let i = offset; i < offset + length; i++) report += String.fromCharCode(buffer[i]! & 0xff);
        return length;
      },
    };
    let outcome: { value: T } | { error: unknown };
    try {
      outcome = this.#keepingStack(() => body(this.module));
    } finally {
      stderr.stream_ops = operations;
    }
    if (report !== "") throw new Error(summariseReport(report));
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }

  /** `ccall` puts the C stack back to where it was, which an exception out of the C library does not. */
  #keepingStack<T>(body: () => T): { value: T } | { error: unknown } {
    let outcome: { value: T } | { error: unknown } = { error: new Error("h5wasm did not run") };
    const functions = this.module as unknown as { _lfads?: () => void };
    functions._lfads = () => {
      try {
        outcome = { value: body() };
      } catch (error) {
        outcome = { error };
      }
    };
    this.module.ccall("lfads", null, ["string"], [""]);
    delete functions._lfads;
    return outcome;
  }

  /** Runs `body` with `count` bytes of C memory, zeroed. @throws if there is not enough memory */
  withMemory<T>(count: number, body: (pointer: number) => T): T {
    const pointer = this.module._malloc(Math.max(1, count));
    if (pointer === 0) throw new Error(`no memory for ${count} bytes`);
    try {
      this.module.HEAPU8.fill(0, pointer, pointer + count);
      return body(pointer);
    } finally {
      this.module._free(pointer);
    }
  }
}
