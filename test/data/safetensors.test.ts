import { describe, expect, test } from "vitest";
import { type NdArray, ndarray, readSafetensors, writeSafetensors } from "../../src/data";

/** A file with this header, a text or an object, and so many bytes of data. */
function file(header: unknown, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const headerOf = (bytes: Uint8Array) => {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  return { length, text: new TextDecoder().decode(bytes.subarray(8, 8 + length)) };
};
const f32 = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

describe("writeSafetensors", () => {
  test("writes the format byte by byte", () => {
    const bytes = writeSafetensors({
      b: ndarray(new Float32Array([1, -2]), [2, 1]),
      a: ndarray(new Float32Array([0.5]), []),
    });
    const json =
      '{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]}}';
    const { length, text } = headerOf(bytes);
    expect(length).toBe(Math.ceil(json.length / 8) * 8);
    expect(text).toBe(json.padEnd(length, " "));
    expect(Array.from(bytes.subarray(8 + length))).toEqual([0, 0, 0, 63, 0, 0, 128, 63, 0, 0, 0, 192]);
  });

  test("the bytes do not depend on the order of names", () => {
    const [x, y] = [ndarray(new Uint8Array(3), [3]), ndarray(new Float64Array(1), [1])];
    const bytes = writeSafetensors({ x, y }, { b: "1", a: "2" });
    expect(writeSafetensors({ y, x }, { a: "2", b: "1" })).toEqual(bytes);
    expect(headerOf(bytes).text).toMatch(/^{"__metadata__":{"a":"2","b":"1"},"y":.*"x":/); // y: larger elements
  });

  test("every tensor is aligned to its elements", () => {
    const arrays = {
      a: new Uint8Array(3),
      b: new Int16Array(1),
      c: new Float64Array(2),
      d: new Float32Array(1),
    };
    const tensors = Object.entries(arrays).map(([name, data]) => [name, ndarray(data, [data.length])]);
    const { text, length } = headerOf(writeSafetensors(Object.fromEntries(tensors)));
    expect(length % 8).toBe(0);
    const header: Record<string, { data_offsets: [number, number] }> = JSON.parse(text);
    for (const [name, data] of Object.entries(arrays)) {
      expect(header[name]!.data_offsets[0] % data.BYTES_PER_ELEMENT).toBe(0);
    }
  });

  test("refuses what cannot be written", () => {
    const one = ndarray(new Float32Array(1), [1]);
    const wrong: NdArray = { data: new Float32Array(1), shape: [2] };
    expect(() => writeSafetensors({ x: wrong })).toThrow(
      'writeSafetensors: tensor "x": shape [2] needs 2 elements',
    );
    expect(() => writeSafetensors({ __metadata__: one })).toThrow('the name "__metadata__" is reserved');
    expect(() => writeSafetensors(JSON.parse('{"__proto__": 0}'))).toThrow(
      'the name "__proto__" is reserved',
    );
    expect(() => writeSafetensors({}, JSON.parse('{"epoch": 3}'))).toThrow(
      'metadata "epoch" must be a string, got 3',
    );
  });
});

describe("readSafetensors", () => {
  const tensors = {
    f32: ndarray(new Float32Array([1.5, Number.NaN, -0, Infinity]), [2, 2]),
    f64: ndarray(new Float64Array([Math.PI]), []),
    u8: ndarray(new Uint8Array([255]), [1]),
    i8: ndarray(new Int8Array([-128]), [1]),
    u16: ndarray(new Uint16Array([65535]), [1]),
    i16: ndarray(new Int16Array([-32768]), [1]),
    u32: ndarray(new Uint32Array([2 ** 32 - 1]), [1]),
    i32: ndarray(new Int32Array([-(2 ** 31)]), [1]),
    empty: ndarray(new Float32Array(0), [0, 5]),
    'a name with "quotes", \\ and 漢字': ndarray(new Float32Array(1), [1, 1, 1]),
    constructor: ndarray(new Float32Array(1), [1]),
  };
  const metadata = { note: "line\nbreak", empty: "" };

  test("reads what was written, also from an odd address", () => {
    const bytes = writeSafetensors(tensors, metadata);
    expect(readSafetensors(bytes)).toEqual({ tensors, metadata });
    const odd = new Uint8Array(bytes.length + 3).subarray(3);
    odd.set(bytes);
    expect(readSafetensors(odd)).toEqual({ tensors, metadata });
    expect(readSafetensors(writeSafetensors({}))).toEqual({ tensors: {}, metadata: {} });
  });

  test("tensors are copies", () => {
    const bytes = writeSafetensors({ x: ndarray(new Float32Array([1]), [1]) });
    const { tensors } = readSafetensors(bytes);
    bytes.fill(0);
    expect(tensors.x!.data[0]).toBe(1);
  });

  test("reads unaligned data, data in another order than names, BOOL and 64-bit integers", () => {
    const header = {
      later: { dtype: "I64", shape: [2], data_offsets: [9, 25] },
      mask: { dtype: "BOOL", shape: [1], data_offsets: [0, 1] },
      first: { dtype: "U64", shape: [], data_offsets: [1, 9] },
    };
    const bytes = file(header, 25);
    const view = new DataView(bytes.buffer, bytes.length - 25);
    view.setUint8(0, 1);
    view.setBigUint64(1, 2n ** 53n - 1n, true);
    view.setBigInt64(9, -7n, true);
    expect(readSafetensors(bytes).tensors).toEqual({
      later: ndarray(new Float64Array([-7, 0]), [2]),
      mask: ndarray(new Uint8Array([1]), [1]),
      first: ndarray(new Float64Array([2 ** 53 - 1]), []),
    });
    view.setBigUint64(1, 2n ** 53n, true);
    expect(() => readSafetensors(bytes)).toThrow(
      'tensor "first": integers must be within +-(2^53 - 1), got 9007199254740992',
    );
  });

  const nested = "[".repeat(100_000) + "]".repeat(100_000);
  test.each<[string, Uint8Array, string]>([
    ["a short file", new Uint8Array(7), "a file has at least 8 bytes, got 7"],
    ["a header behind the end", file("{}").subarray(0, 9), "the header must fit in the file"],
    ["a huge header", new Uint8Array(16).fill(255), "the header must fit in the file"],
    ["no JSON", file("{"), "the header must be JSON in UTF-8"],
    ["no header", file(""), "the header must be JSON in UTF-8"],
    ["a byte order mark", file("\ufeff{}"), "the header must be JSON in UTF-8"],
    ["no UTF-8", file("{}").fill(0xff, 8), "the header must be JSON in UTF-8"],
    ["a list", file([]), "the header must be a JSON object"],
    ["null", file(null), "the header must be a JSON object, got null"],
    ["metadata that is no object", file({ __metadata__: "x" }), '__metadata__ must be an object, got "x"'],
    ["metadata that is no text", file({ __metadata__: { a: 1 } }), 'metadata "a" must be a string, got 1'],
    ["metadata named __proto__", file('{"__metadata__":{"__proto__":"x"}}'), '"__proto__" cannot be a name'],
    [
      "a tensor named __proto__",
      file(`{"__proto__":${JSON.stringify(f32(0, 0))}}`),
      '"__proto__" cannot be a name',
    ],
    ["a tensor that is no object", file({ x: 1 }), 'tensor "x" must be described by an object, got 1'],
    ["deep nesting", file(`{"x":${nested}}`), 'tensor "x" must be described by an object, got [...]'],
    [
      "deep nesting of a shape",
      file(`{"x":{"dtype":"F32","data_offsets":[0,0],"shape":${nested}}}`),
      "a shape of whole numbers, got [...]",
    ],
    [
      "no dtype",
      file({ x: { shape: [], data_offsets: [0, 4] } }, 4),
      'tensor "x" must have one of the dtypes',
    ],
    ["a half dtype", file({ x: { dtype: "F16", shape: [1], data_offsets: [0, 2] } }, 2), 'F64, got "F16"'],
    [
      "a dtype of the prototype",
      file({ x: { dtype: "toString", shape: [], data_offsets: [0, 4] } }, 4),
      'got "toString"',
    ],
    ["a negative dimension", file({ x: f32(0, 4, [-1, -1]) }, 4), "a shape of whole numbers, got [-1,-1]"],
    ["a fractional dimension", file({ x: f32(0, 4, [0.5, 2]) }, 4), "a shape of whole numbers, got [0.5,2]"],
    [
      "an overflowing shape",
      file({ x: f32(0, 0, [2 ** 32, 2 ** 32]) }),
      'tensor "x" of shape [4294967296,4294967296]',
    ],
    [
      "no number of bytes",
      file({ x: f32(0, 0, [2 ** 53 - 1, 2 ** 53 - 1, 0]) }, 4),
      "the tensors cover 0 bytes of data, got 4",
    ],
    [
      "a wrong size",
      file({ x: f32(0, 8, [1]) }, 8),
      "of shape [1] and dtype F32 has 4 bytes, got offsets [0,8]",
    ],
    ["reversed offsets", file({ x: f32(4, 0, [1]) }, 4), "has 4 bytes, got offsets [4,0]"],
    ["one offset", file({ x: { ...f32(0, 4), data_offsets: [0] } }, 4), "data_offsets [begin, end], got [0]"],
    ["a negative offset", file({ x: f32(-4, 0) }), "data_offsets [begin, end], got [-4,0]"],
    [
      "an overlap",
      file({ x: f32(0, 8), y: f32(4, 12) }, 12),
      'tensor "y" overlaps its predecessor: begins at 4, expected 8',
    ],
    ["the same place twice", file({ x: f32(0, 4), y: f32(0, 4) }, 4), 'tensor "y" overlaps'],
    [
      "a gap",
      file({ x: f32(0, 4), y: f32(8, 12) }, 12),
      'tensor "y" leaves a gap behind its predecessor: begins at 8, expected 4',
    ],
    ["data behind the last tensor", file({ x: f32(0, 4) }, 5), "the tensors cover 4 bytes of data, got 5"],
    ["missing data", file({ x: f32(0, 4) }, 3), "the tensors cover 4 bytes of data, got 3"],
    ["an empty tensor outside", file({ x: f32(8, 8, [0]) }, 4), 'tensor "x" leaves a gap'],
    [
      "a name twice",
      file(`{"x":${JSON.stringify(f32(0, 0, [0]))},"\\u0078":${JSON.stringify(f32(0, 0, [0]))}}`),
      'names must be unique, got "x" twice',
    ],
    [
      "a field twice",
      file('{"x":{"dtype":"F32","dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      'got "dtype" twice',
    ],
    ["metadata twice", file('{"__metadata__":{"a":"1","a":"2"}}'), 'got "a" twice'],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(message);
    expect(() => readSafetensors(bytes)).toThrow(/^readSafetensors: /);
  });

  test("texts that look like JSON are no keys, and the same key may stand in two objects", () => {
    const metadata = { a: '{"x":1,"x":2}', dtype: '"', b: '\\":"' };
    const one = ndarray(new Float32Array(1), [1]);
    expect(readSafetensors(writeSafetensors({ x: one, y: one }, metadata)).metadata).toEqual(metadata);
  });
});
