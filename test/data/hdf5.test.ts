import { readFileSync } from "node:fs";
import * as h5wasm from "h5wasm";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type Dataset, ndarray } from "../../src/data";
import { readHdf5, readHdf5Arrays, writeHdf5, writeHdf5Arrays } from "../../src/hdf5";
import { smallDataset } from "../soak/sources";
import { digests } from "./digests";

const recording = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../examples/data/${name}`, import.meta.url)));

beforeAll(async () => {
  await h5wasm.ready;
});

/** A file that h5wasm writes, in the earliest format, which has no checksums. */
function rawFile(write: (file: h5wasm.File) => void): Uint8Array {
  const file = new h5wasm.File("/raw.h5", "w", { libver: ["earliest", "latest"] });
  write(file);
  file.close();
  const bytes = h5wasm.FS!.readFile("/raw.h5");
  h5wasm.FS!.unlink("/raw.h5");
  return bytes;
}

/** Where `text` stands in the file. */
function find(bytes: Uint8Array, text: string): number {
  const at = new TextDecoder("latin1").decode(bytes).indexOf(text);
  expect(at).toBeGreaterThan(0);
  return at;
}

/** The arrays of the small data set as a file, changed. */
async function fileWith(
  changes: Record<string, ReturnType<typeof ndarray> | undefined>,
): Promise<Uint8Array> {
  const { arrays } = await readHdf5Arrays(await writeHdf5(smallDataset()));
  const entries = Object.entries({ ...arrays, ...changes }).flatMap(([name, array]) =>
    array ? [[name, array]] : [],
  );
  return writeHdf5Arrays(Object.fromEntries(entries));
}

describe("recordings", () => {
  test("s1_reach_50ms", async () => {
    const { train, valid, test, attributes, shared } = await readHdf5(recording("s1_reach_50ms.h5"));
    expect(train.encode.shape).toEqual([1248, 20, 39]);
    expect(train.encode.data).toBeInstanceOf(Uint8Array);
    expect(valid.reconstruct.shape).toEqual([311, 20, 52]);
    expect(test).toBeUndefined();
    expect(train.extras!.behavior!.shape).toEqual([1248, 20, 4]);
    expect(train.extras!.behavior!.data[0]).toBeCloseTo(13.59614086151123, 12);
    expect(Array.from(valid.extras!.inds!.data.slice(0, 4))).toEqual([4, 9, 14, 19]);
    expect(Array.from(shared!.channel_order!.data.slice(0, 4))).toEqual([0, 1, 2, 4]);
    expect(attributes).toEqual({
      behavior: "vel x,y (cm/s), pos x,y (cm)",
      bin_ms: 50,
      n_heldin: 39,
      note: expect.stringContaining("spykesML"),
    });
    const heldIn = train.reconstruct.data.filter((_, i) => i % 52 < 39);
    expect(digests(heldIn)).toEqual(digests(train.encode.data));
  });

  test("macaque_reach_day31_20ms", async () => {
    const { train, valid } = await readHdf5(recording("macaque_reach_day31_20ms.h5").buffer);
    expect(train.reconstruct.shape).toEqual([170, 35, 24]);
    expect(valid.encode.shape).toEqual([42, 35, 18]);
    expect(new Set(train.extras!.cond_idx!.data).size).toBe(7);
  });

  test.each(["s1_reach_50ms.h5", "macaque_reach_day31_20ms.h5"])(
    "%s comes back as it was written",
    async (name) => {
      const dataset = await readHdf5(recording(name));
      const bytes = await writeHdf5(dataset);
      expect(digests(await readHdf5(bytes))).toEqual(digests(dataset));
      expect(bytes.length).toBeLessThan(1.2 * recording(name).length); // compressed
    },
  );
});

describe("round trip", () => {
  test("a data set with every part", async () => {
    const { train, valid, attributes, shared } = smallDataset();
    const inputs = (trials: number) =>
      ndarray(
        Float32Array.from({ length: trials * 6 }, (_, i) => Math.sin(i)),
        [trials, 6, 1],
      );
    const dataset: Dataset = {
      train: { ...train, externalInputs: inputs(4) },
      valid: { ...valid, externalInputs: inputs(2) },
      test: {
        ...valid,
        externalInputs: inputs(2),
        extras: { trial: ndarray(new Float64Array([1, 2]), [2]) },
      },
      attributes: attributes!,
      shared: shared!,
    };
    const bytes = await writeHdf5(dataset);
    expect(await readHdf5(bytes)).toEqual(dataset);
    expect(Object.keys((await readHdf5Arrays(bytes)).arrays)).toEqual([
      ...[
        "channel_order",
        "conversion_factor",
        "test_encod_data",
        "test_ext_input",
        "test_recon_data",
        "test_trial",
      ],
      ...["train_encod_data", "train_ext_input", "train_inds", "train_recon_data", "train_truth"],
      ...["valid_encod_data", "valid_ext_input", "valid_inds", "valid_recon_data"],
    ]);
  });

  test("arrays of every type and unusual shapes, attributes of every kind", async () => {
    const arrays = {
      f32: ndarray(new Float32Array([Number.NaN, Infinity, -0]), [3]),
      f64: ndarray(new Float64Array([Math.E]), []),
      u8: ndarray(new Uint8Array([255]), [1, 1, 1, 1]),
      i8: ndarray(new Int8Array([-128]), [1]),
      u16: ndarray(new Uint16Array([65535]), [1]),
      i16: ndarray(new Int16Array([-32768]), [1]),
      u32: ndarray(new Uint32Array([2 ** 32 - 1]), [1]),
      i32: ndarray(new Int32Array([-(2 ** 31)]), [1]),
      empty: ndarray(new Float32Array(0), [0, 3]),
      'a name with spaces, "quotes" and 漢字': ndarray(new Uint8Array(2), [2]),
      large: ndarray(Float64Array.from({ length: 400_000 }, Math.random), [4, 100_000]), // rows of 800 kB
    };
    const attributes = {
      text: "spikes/s, 漢字",
      nothing: "",
      texts: ["a", "bcd", ""],
      int: -3,
      large: 2 ** 40,
      float: 0.1,
      infinite: -Infinity,
      ints: [1, 2],
      floats: [0.5, 2],
      none: [],
    };
    const read = await readHdf5Arrays(await writeHdf5Arrays(arrays, attributes));
    expect(digests(read.arrays)).toEqual(digests(arrays));
    expect(read.attributes).toEqual(attributes);
  });

  test("real-valued data", async () => {
    const { train, valid } = smallDataset();
    const { truth } = train;
    const dataset = { train: { ...train, reconstruct: truth!, truth: truth! }, valid };
    await expect(writeHdf5(dataset)).rejects.toThrow("writeHdf5: train.reconstruct must be spike counts");
    const bytes = await writeHdf5(dataset, { counts: false });
    await expect(readHdf5(bytes)).rejects.toThrow(
      "readHdf5: train_recon_data must be spike counts (whole numbers, not negative; NaN = not observed), got 0.25 at [0,0,0]",
    );
    expect((await readHdf5(bytes, { counts: false })).train).toEqual(dataset.train);
  });
});

describe("what others write", () => {
  test("h5py: big-endian numbers, booleans, scale-offset and checksum filters, a user block", async () => {
    const bytes = new Uint8Array(readFileSync(new URL("h5py.h5", import.meta.url)));
    const { train, valid, shared, attributes } = await readHdf5(bytes);
    const range = (length: number) => Array.from({ length }, (_, i) => i);
    expect(train.encode).toEqual(ndarray(Int32Array.from(range(24)), [3, 4, 2]));
    expect(valid.reconstruct).toEqual(ndarray(Float64Array.from(range(24)), [2, 4, 3]));
    expect(train.extras!.good).toEqual(ndarray(new Int8Array([1, 0, 1]), [3]));
    expect(Array.from(shared!.offset!.data)).toEqual(range(12).map((i) => 1000 + i));
    expect(attributes).toEqual({
      n_heldin: 2,
      sorted: 1,
      behavior: ["x", "yz"],
      note: "written by h5py",
      fixed: "xyz",
      gain: 0.5,
      order: [0, 1, 2],
    });
  });

  test("64-bit integers, fixed-length text, text in a list, a soft link, chunks that were never written", async () => {
    const bytes = rawFile((file) => {
      file.create_dataset({ name: "ids", data: new BigInt64Array([-1n, 2n ** 53n - 1n]), shape: [2] });
      file.create_soft_link("/ids", "same");
      const sparse = file.create_dataset({ name: "sparse", data: [1, 2], maxshape: [null], chunks: [1] });
      sparse.resize([5]);
      file.create_attribute("fixed", "ab", null, "S6");
      file.create_attribute("ascii", ["x", "yz"], [2], "A2");
      file.create_attribute("id", new BigInt64Array([39n]), []);
    });
    const { arrays, attributes } = await readHdf5Arrays(bytes);
    expect(arrays.ids).toEqual(ndarray(new Float64Array([-1, 2 ** 53 - 1]), [2]));
    expect(arrays.same).toEqual(arrays.ids);
    expect(arrays.sparse).toEqual(ndarray(new Int32Array([1, 2, 0, 0, 0]), [5]));
    expect(attributes).toEqual({ fixed: "ab", ascii: ["x", "yz"], id: 39 });
  });

  test("what cannot be read is refused by name and can be left out", async () => {
    const bytes = rawFile((file) => {
      file.create_dataset({ name: "good", data: new Float32Array(1) });
      file.create_dataset({ name: "labels", data: ["a", "b"] });
      file.create_dataset({ name: "ids", data: new BigInt64Array([2n ** 60n]) });
      file.create_dataset({ name: "table", data: new Map([["a", new Float32Array(1)]]) });
      file.create_group("group");
      file.create_soft_link("/nowhere", "broken");
      file.create_external_link("other.h5", "/data", "elsewhere");
      file.create_attribute("matrix", new Float32Array(4), [2, 2]);
      file.create_attribute("id", new BigInt64Array([2n ** 60n]), []);
    });
    const read = (...names: string[]) => readHdf5Arrays(bytes, { only: (name) => names.includes(name) });
    expect(Object.keys((await read("good")).arrays)).toEqual(["good"]);
    for (const [name, message] of Object.entries({
      labels:
        'cannot read array "labels": it must hold integers or floats (8 to 64 bits; floats 32 or 64), got strings',
      ids: 'cannot read array "ids": integers must be within +-(2^53 - 1), got 1152921504606846976',
      table: 'cannot read array "table": it must hold integers or floats',
      group: 'cannot read array "group": it must be an array, got a group',
      broken: 'cannot read array "broken": it must be an array, got a broken link',
      elsewhere: 'cannot read array "elsewhere": it is a link to another file, other.h5',
      matrix: 'cannot read attribute "matrix": it must be a scalar or a list, got shape [2,2]',
      id: 'cannot read attribute "id": integers must be within +-(2^53 - 1)',
    })) {
      await expect(read("good", name)).rejects.toThrow(`readHdf5Arrays: ${message}`);
    }
  });

  test("a filter that is missing is named", async () => {
    await expect(readHdf5Arrays(fileWithUnknownFilter())).rejects.toThrow(
      /cannot read array "x": .*h5wasm may lack its filter lzf \(32000\): rewrite the file with gzip/,
    );
  });
});

/** A file that seems to be compressed by h5py's own filter. */
function fileWithUnknownFilter(): Uint8Array {
  const bytes = rawFile((file) => {
    file.create_dataset({ name: "x", data: new Uint8Array(9), shape: [9], chunks: [9], compression: "gzip" });
  });
  const at = find(bytes, "deflate\0");
  new DataView(bytes.buffer).setUint16(at - 8, 32000, true);
  bytes.set(new TextEncoder().encode("lzf\0"), at);
  return bytes;
}

describe("bad data sets", () => {
  test.each<[string, Parameters<typeof fileWith>[0], string]>([
    [
      "a missing key",
      { valid_recon_data: undefined },
      "the file must have valid_recon_data, got channel_order, train_encod_data",
    ],
    [
      "a wrong rank",
      { train_encod_data: ndarray(new Uint8Array(24), [4, 6]) },
      "train_encod_data must be [trials, bins, channels], got [4,6]",
    ],
    [
      "other trials",
      { train_recon_data: ndarray(new Uint8Array(90), [3, 6, 5]) },
      "train_recon_data must have as many trials as encode, 4, got shape [3,6,5]",
    ],
    [
      "fewer channels",
      { train_recon_data: ndarray(new Uint8Array(72), [4, 6, 3]) },
      "train_recon_data must have at least the bins and channels of encode, [4,6,4], got [4,6,3]",
    ],
    [
      "negative counts",
      { valid_encod_data: ndarray(new Int16Array(48).fill(-2, 47), [2, 6, 4]) },
      "valid_encod_data must be spike counts (whole numbers, not negative; NaN = not observed), got -2 at [1,5,3]",
    ],
    [
      "extras without trials",
      { train_inds: ndarray(new Uint8Array(5), [5]) },
      "train_inds must have as many trials as encode, 4, got shape [5]",
    ],
    [
      "an incomplete test set",
      { test_inds: ndarray(new Uint8Array(5), [5]) },
      "the file must have test_encod_data and test_recon_data",
    ],
  ])("%s", async (_, changes, message) => {
    await expect(readHdf5(await fileWith(changes))).rejects.toThrow(`readHdf5: ${message}`);
  });

  test("names that cannot be written", async () => {
    const one = ndarray(new Uint8Array(1), [1]);
    for (const name of ["", ".", "..", "a/b", "a\0b"]) {
      await expect(writeHdf5Arrays({ [name]: one })).rejects.toThrow(
        "writeHdf5Arrays: names must not be empty",
      );
    }
    await expect(writeHdf5Arrays({}, { note: "a\0b" })).rejects.toThrow(
      'attribute "note" must not contain NUL',
    );
    const { train, valid } = smallDataset();
    for (const name of ["truth", "encode", "recon_data"]) {
      const named = { ...train, extras: { [name]: ndarray(new Uint8Array(4), [4]) } };
      await expect(writeHdf5({ train: named, valid })).rejects.toThrow(
        `an extra array cannot be named "${name}"`,
      );
    }
    await expect(writeHdf5({ train, valid, shared: { train_order: one } })).rejects.toThrow(
      'writeHdf5: a shared array cannot have a name with the prefix of a set, got "train_order"',
    );
  });
});

describe("bad files", () => {
  test("no HDF5 file", async () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(5000), new TextEncoder().encode("spikes")]) {
      await expect(readHdf5(bytes)).rejects.toThrow("readHdf5: this is not an HDF5 file");
    }
  });

  test("a truncated file", async () => {
    const bytes = recording("macaque_reach_day31_20ms.h5");
    await expect(readHdf5(bytes.subarray(0, 100_000))).rejects.toThrow(
      /^readHdf5: unable to synchronously open file \(truncated file/,
    );
  });

  test("compressed data that was changed", async () => {
    const bytes = recording("macaque_reach_day31_20ms.h5");
    bytes.fill(0x55, 50_000, 50_100);
    await expect(readHdf5(bytes)).rejects.toThrow(
      /^readHdf5: cannot read array "\w+": can't synchronously read data/,
    );
  });

  test("a heap of texts with an object of no length, at which HDF5 hangs", async () => {
    const bytes = rawFile((file) => file.create_attribute("note", "text"));
    bytes.fill(0, find(bytes, "GCOL") + 16 + 16 + 8, find(bytes, "GCOL") + 100);
    await expect(readHdf5Arrays(bytes)).rejects.toThrow("readHdf5Arrays: the global heap at byte");
  });

  test("a shape that the file cannot hold", async () => {
    const bytes = rawFile((file) => {
      file
        .create_dataset({ name: "x", data: new Uint8Array(7), shape: [7], maxshape: [null], chunks: [7] })
        .resize([2 ** 40]);
    });
    await expect(readHdf5Arrays(bytes)).rejects.toThrow(
      `cannot read array "x": it has ${2 ** 40} bytes (shape [${2 ** 40}])`,
    );
    const small = await writeHdf5(smallDataset());
    await expect(readHdf5(small, { maxBytes: 50 })).rejects.toThrow("or maxBytes, 50, allows");
  });

  test("leave nothing behind: no file, no open descriptor, no memory, and the library works", async () => {
    const good = await writeHdf5(smallDataset());
    const unreadable = rawFile((file) => file.create_attribute("note", "text"));
    unreadable[find(unreadable, "GCOL") + 16] = 7; // the text has another index in the heap than the attribute says
    const bad = [good.subarray(0, 5000), fileWithUnknownFilter(), unreadable];
    const FS = h5wasm.FS as unknown as { streams: unknown[]; readdir(path: string): string[] };
    const state = () => ({
      open: FS.streams.filter(Boolean).length,
      files: FS.readdir("/"),
      memory: h5wasm.Module.HEAPU8.length,
    });
    const before = state();
    const failed = (bytes: Uint8Array) =>
      readHdf5Arrays(bytes).then(
        () => false,
        () => true,
      );
    for (let i = 0; i < 1000; i++) expect(await Promise.all(bad.map(failed))).toEqual([true, true, true]);
    expect(state()).toEqual(before);
    expect(await readHdf5(good)).toEqual(smallDataset());
  });
});

test("calls at the same time do not meet", async () => {
  const sets = Array.from({ length: 8 }, (_, i) => {
    const { train, valid } = smallDataset();
    return { train, valid, shared: {}, attributes: { note: `set ${i}` } };
  });
  const files = await Promise.all(sets.map((set) => writeHdf5(set)));
  const bad = new Uint8Array(100);
  const results = await Promise.all(
    files.flatMap((file) => [readHdf5(file), readHdf5(bad).catch(() => "error")]),
  );
  expect(results).toEqual(sets.flatMap((set) => [set, "error"]));
});

test("the error handling of h5wasm's other users is left alone", async () => {
  const { FS } = h5wasm as unknown as { FS: { getStream(descriptor: number): { stream_ops: unknown } } };
  const operations = FS.getStream(2).stream_ops;
  const functions = Object.keys(h5wasm.Module);
  await readHdf5(new Uint8Array(recording("s1_reach_50ms.h5").subarray(0, 1000))).catch(() => {});
  await writeHdf5(smallDataset());
  expect(FS.getStream(2).stream_ops).toBe(operations);
  expect(Object.keys(h5wasm.Module)).toEqual(functions);
});

test("without h5wasm the error says what to install", async () => {
  vi.resetModules();
  vi.doMock("h5wasm", () => {
    throw new Error("Cannot find package 'h5wasm'");
  });
  const hdf5 = await import("../../src/hdf5");
  const message = ": HDF5 files need the package h5wasm: npm install h5wasm@0.10";
  await expect(hdf5.readHdf5(recording("macaque_reach_day31_20ms.h5"))).rejects.toThrow(`readHdf5${message}`);
  await expect(hdf5.writeHdf5(smallDataset())).rejects.toThrow(`writeHdf5${message}`);
  vi.doUnmock("h5wasm");
});
