import { readFileSync } from "node:fs";
import * as h5wasm from "h5wasm";
import { type Dataset, ndarray, writeSafetensors } from "../../src/data";
import { writeHdf5 } from "../../src/hdf5";

/** Small files of each format, with every feature that the reader knows. */
export async function sources(format: "hdf5" | "safetensors"): Promise<Uint8Array[]> {
  if (format === "safetensors") return [safetensors(), safetensors(12)];
  const h5py = new Uint8Array(readFileSync(new URL("../data/h5py.h5", import.meta.url)));
  return [await writeHdf5(smallDataset()), await otherHdf5("earliest"), await otherHdf5("latest"), h5py];
}

export function smallDataset(): Dataset {
  const counts = (trials: number, channels: number) =>
    ndarray(
      Uint8Array.from({ length: trials * 6 * channels }, (_, i) => (i * 7) % 3),
      [trials, 6, channels],
    );
  const set = (trials: number) => ({
    encode: counts(trials, 4),
    reconstruct: counts(trials, 5),
    extras: {
      inds: ndarray(
        Int32Array.from({ length: trials }, (_, i) => i),
        [trials],
      ),
    },
  });
  return {
    train: { ...set(4), truth: ndarray(new Float32Array(4 * 6 * 5).fill(0.25), [4, 6, 5]) },
    valid: set(2),
    shared: { channel_order: ndarray(new Float64Array([50]), []) },
    attributes: { bin_ms: 20, n_heldin: 4, behavior: ["vx", "vy"], note: "a small file" },
  };
}

/** The same layout in other versions of the file format; the earliest has no checksums, so damage goes deeper. */
async function otherHdf5(version: "earliest" | "latest"): Promise<Uint8Array> {
  await h5wasm.ready;
  const file = new h5wasm.File("/other.h5", "w", { libver: [version, "latest"] });
  const { train, valid } = smallDataset();
  for (const [set, { encode, reconstruct }] of Object.entries({ train, valid })) {
    const [trials] = encode.shape as [number];
    file.create_dataset({ name: `${set}_encod_data`, data: encode.data, shape: [...encode.shape] });
    file.create_dataset({
      name: `${set}_recon_data`,
      data: Float32Array.from(reconstruct.data),
      shape: [...reconstruct.shape],
      maxshape: [null, 6, 5],
      chunks: [1, 3, 5],
      ...(version === "latest" ? { compression: 3, compression_opts: [] } : { compression: "gzip" }), // 3: checksum
    });
    file.create_dataset({ name: `${set}_inds`, data: new BigInt64Array(trials).fill(7n), shape: [trials] });
  }
  file.create_attribute("bin_ms", 20);
  file.create_attribute("note", version);
  file.create_attribute("behavior", ["vx", "vy"], [2], "S4");
  file.close();
  const bytes = h5wasm.FS!.readFile("/other.h5");
  h5wasm.FS!.unlink("/other.h5");
  return bytes;
}

function safetensors(extra = 0): Uint8Array {
  return writeSafetensors(
    {
      "encoder.weight": ndarray(new Float32Array(12).fill(0.5), [3, 4]),
      step: ndarray(new Float64Array([17]), []),
      mask: ndarray(new Uint8Array(5 + extra).fill(1), [5 + extra]),
      nothing: ndarray(new Int32Array(0), [0, 4]),
    },
    { seed: "0", note: "a small file" },
  );
}
