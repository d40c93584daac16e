import { duplicateKey } from "./duplicateKey";
import { elementCount, type NdArray } from "./ndarray";
import { safeIntegers } from "./safeIntegers";

/** The contents of a safetensors file. */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, NdArray>>;
  /** The file's `__metadata__`; `{}` where it has none. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  readonly name: string;
  readonly dtype: keyof typeof ARRAYS;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const ARRAYS = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  U16: Uint16Array,
  I16: Int16Array,
  U32: Uint32Array,
  I32: Int32Array,
  U64: BigUint64Array,
  I64: BigInt64Array,
  F32: Float32Array,
  F64: Float64Array,
} as const;

/** The limit of the reference implementation. */
const LARGEST_HEADER = 100_000_000;

/**
 * Reads a safetensors file: 8 bytes with the length of the header, the header (JSON), the data. The tensors are copies;
 * BOOL is read as Uint8Array, I64 and U64 as Float64Array.
 *
 * Source: https://github.com/huggingface/safetensors#format
 *
 * @example
 * ```ts
 * import { readFile, writeFile } from "node:fs/promises";
 * import { ndarray, readSafetensors, writeSafetensors } from "lfads";
 *
 * const rates = ndarray(Float32Array.of(0.5, 1, 2, 4), [2, 2]);
 * await writeFile("rates.safetensors", writeSafetensors({ rates }, { bin_ms: "10" }));
 * const { tensors, metadata } = readSafetensors(await readFile("rates.safetensors"));
 * console.log(tensors.rates!.shape, metadata.bin_ms); // [ 2, 2 ] 10
 * ```
 * @throws if this is not a safetensors file to the last byte (each byte of the data belongs to exactly one tensor), if a
 *   dtype is none of BOOL, U8, I8, U16, I16, U32, I32, U64, I64, F32 and F64, or a 64-bit integer is beyond 2^53 - 1
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, data } = parseFile(bytes);
  const { __metadata__: metadata = {}, ...descriptions } = header;
  if (!isRecord(metadata)) throw failure(`__metadata__ must be an object, got ${show(metadata)}`);
  for (const [name, value] of Object.entries(metadata)) {
    checkName(name);
    if (typeof value !== "string")
      throw failure(`metadata ${show(name)} must be a string, got ${show(value)}`);
  }
  const entries = Object.entries(descriptions).map(([name, value]) => parseEntry(name, value));
  checkLayout(entries, data.length);
  return {
    tensors: Object.fromEntries(entries.map((entry) => [entry.name, readTensor(entry, data)])),
    metadata: metadata as Record<string, string>,
  };
}

function parseFile(bytes: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  if (bytes.length < 8) throw failure(`a file has at least 8 bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > Math.min(bytes.length - 8, LARGEST_HEADER)) {
    throw failure(`the header must fit in the file and in ${LARGEST_HEADER} bytes, got ${length} bytes`);
  }
  const start = 8 + Number(length);
  const header = parseHeader(bytes.subarray(8, start));
  return { header, data: bytes.subarray(start) };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let json: string;
  let header: unknown;
  try {
    json = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(json);
  } catch (error) {
    throw failure(`the header must be JSON in UTF-8: ${(error as Error).message}`);
  }
  const duplicate = duplicateKey(json);
  if (!isRecord(header)) throw failure(`the header must be a JSON object, got ${show(header)}`);
  if (duplicate !== undefined)
    throw failure(`names must be unique, got ${show(duplicate)} twice in one object`);
  return header;
}

function parseEntry(name: string, value: unknown): Entry {
  const what = `tensor ${show(name)}`;
  checkName(name);
  if (!isRecord(value)) throw failure(`${what} must be described by an object, got ${show(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(ARRAYS, dtype)) {
    throw failure(`${what} must have one of the dtypes ${Object.keys(ARRAYS)}, got ${show(dtype)}`);
  }
  if (!isWholeNumbers(shape)) throw failure(`${what} must have a shape of whole numbers, got ${show(shape)}`);
  if (!isWholeNumbers(offsets) || offsets.length !== 2) {
    throw failure(`${what} must have data_offsets [begin, end], got ${show(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const size = elementCount(shape) * ARRAYS[dtype as Entry["dtype"]].BYTES_PER_ELEMENT;
  if (end - begin !== size) {
    throw failure(
      `${what} of shape [${shape}] and dtype ${dtype} has ${size} bytes, got offsets [${offsets}]`,
    );
  }
  return { name, dtype: dtype as Entry["dtype"], shape, begin, end };
}

/** Every byte of the data must belong to exactly one tensor. */
function checkLayout(entries: readonly Entry[], size: number): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      const fault = begin > covered ? "leaves a gap behind" : "overlaps";
      throw failure(`tensor ${show(name)} ${fault} its predecessor: begins at ${begin}, expected ${covered}`);
    }
    covered = end;
  }
  if (covered !== size) throw failure(`the tensors cover ${covered} bytes of data, got ${size} bytes`);
}

function readTensor({ name, dtype, shape, begin, end }: Entry, bytes: Uint8Array): NdArray {
  const { buffer } = new Uint8Array(bytes.subarray(begin, end)); // a copy is aligned
  const data = new ARRAYS[dtype](buffer);
  if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) return { data, shape };
  return { data: safeIntegers(`readSafetensors: tensor ${show(name)}: `, data), shape };
}

/** Code that copies records by assignment would change a prototype. */
function checkName(name: string): void {
  if (name === "__proto__") throw failure(`"__proto__" cannot be a name`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWholeNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((x) => Number.isSafeInteger(x) && x >= 0);
}

/** A value for an error text; nesting, which may be deep, is cut. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.slice(0, 8).map((x) => (x instanceof Object ? "..." : x))}]`;
  return value instanceof Object ? "an object" : String(JSON.stringify(value)).slice(0, 80);
}

function failure(message: string): Error {
  return new Error(`readSafetensors: ${message}`);
}
