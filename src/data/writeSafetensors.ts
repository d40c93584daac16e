import { checkShape, type NdArray, type NumericData } from "./ndarray";

/**
 * Writes a safetensors file. The same tensors and metadata give the same bytes, whatever their order: names are sorted;
 * where element sizes differ the larger come first, so that every tensor is aligned. The header is padded with spaces to
 * 8 bytes.
 *
 * Source: https://github.com/huggingface/safetensors#format
 *
 * @example
 * ```ts
 * import { ndarray, readSafetensors, writeSafetensors } from "lfads";
 *
 * const factors = ndarray(new Float32Array(2 * 20 * 8), [2, 20, 8]);
 * const bytes = writeSafetensors({ factors }, { model: "first" });
 * console.log(readSafetensors(bytes).tensors.factors!.shape); // [ 2, 20, 8 ]
 * ```
 * @throws if a tensor does not fill its shape, or a name is `__metadata__` or `__proto__`
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, NdArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const sorted = Object.entries(tensors).sort(([a, { data: x }], [b, { data: y }]) =>
    x.BYTES_PER_ELEMENT === y.BYTES_PER_ELEMENT ? order(a, b) : y.BYTES_PER_ELEMENT - x.BYTES_PER_ELEMENT,
  );
  const notes = Object.entries(metadata).sort(([a], [b]) => order(a, b));
  for (const [name, value] of notes) {
    checkName("metadata", name);
    if (typeof value !== "string") {
      throw new Error(`writeSafetensors: metadata "${name}" must be a string, got ${JSON.stringify(value)}`);
    }
  }
  let end = 0;
  const entries = sorted.map(([name, { data, shape }]): [string, unknown] => {
    checkName("tensor", name);
    checkShape(`writeSafetensors: tensor "${name}"`, { data, shape });
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: dtypeOf(data), shape, data_offsets: [begin, end] }];
  });
  if (notes.length > 0) entries.unshift(["__metadata__", Object.fromEntries(notes)]);

  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8 + json.length, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let offset = start;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

function order(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function checkName(kind: string, name: string): void {
  if (name === "__proto__" || name === "__metadata__") {
    throw new Error(`writeSafetensors: the name "${name}" is reserved, got it for a ${kind}`);
  }
}

function dtypeOf(data: NumericData): string {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Float64Array) return "F64";
  const signed = data instanceof Int8Array || data instanceof Int16Array || data instanceof Int32Array;
  return `${signed ? "I" : "U"}${8 * data.BYTES_PER_ELEMENT}`;
}
