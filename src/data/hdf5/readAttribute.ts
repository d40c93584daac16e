import type { Attributes } from "../dataset";
import { elementCount } from "../ndarray";
import { type Metadata, numberArray, TYPE } from "./numberArray";
import type { OpenFile } from "./openFile";

const SPACE_PADDED = 2;

/**
 * Reads an attribute of the file: a number or a string, or a list of them.
 *
 * @throws if it is something else, or HDF5 cannot read it
 */
export function readAttribute({ library, id }: OpenFile, name: string, maxBytes: number): Attributes[string] {
  const { module } = library;
  const metadata = library.call(() => module.get_attribute_metadata(id, "/", name));
  const { shape, size, total_size } = metadata;
  if (!shape || shape.length > 1)
    throw new Error(`it must be a scalar or a list, got shape [${shape ?? "empty"}]`);
  const bytes = elementCount(shape) * size;
  if (!(bytes <= maxBytes) || total_size * size !== bytes) {
    throw new Error(`it has ${bytes} bytes, more than its file can hold`);
  }
  const decode = metadata.type === TYPE.string ? strings : numbers;
  const values = library.withMemory(bytes, (pointer) => {
    if (bytes === 0) return [];
    const status = library.call(() => module.get_attribute_data(id, "/", name, BigInt(pointer)));
    if (status < 0) throw new Error(`HDF5 gives status ${status}`);
    const result = decode(module.HEAPU8.slice(pointer, pointer + bytes), metadata, (at) =>
      module.UTF8ToString(at),
    );
    if (metadata.vlen) library.call(() => module.reclaim_vlen_memory(id, "/", name, BigInt(pointer)));
    return result;
  });
  return shape.length === 0 ? values[0]! : values;
}

function strings(
  bytes: Uint8Array,
  { size, strpad, vlen }: Metadata,
  textAt: (pointer: number) => string,
): string[] {
  if (vlen) return Array.from(new Uint32Array(bytes.buffer), textAt);
  const decoder = new TextDecoder();
  return Array.from({ length: bytes.length / size }, (_, i) => {
    const text = decoder.decode(bytes.subarray(i * size, (i + 1) * size)).replace(/\0.*$/s, "");
    return strpad === SPACE_PADDED ? text.trimEnd() : text;
  });
}

function numbers(bytes: Uint8Array, metadata: Metadata): number[] {
  const values = new (numberArray(metadata))(bytes.buffer as ArrayBuffer);
  return Array.from(values as ArrayLike<number | bigint>, (value) => {
    if (typeof value === "bigint" && !Number.isSafeInteger(Number(value))) {
      throw new Error(`integers must be within +-(2^53 - 1), got ${value}`);
    }
    return Number(value);
  });
}
