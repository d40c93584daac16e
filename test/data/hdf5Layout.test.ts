import { expect, test } from "vitest";
import { ndarray } from "../../src/data";
import { readHdf5, readHdf5Arrays, writeHdf5, writeHdf5Arrays } from "../../src/hdf5";

const counts = () => ndarray(Uint8Array.of(1, 0, 2, 0, 1, 1, 0, 3), [2, 2, 2]);
const truth = () => ndarray(Float64Array.of(10, 20, 30, 40, 50, 60, 70, 80), [2, 2, 2]);
const sets = {
  train_encod_data: counts(),
  train_recon_data: counts(),
  valid_encod_data: counts(),
  valid_recon_data: counts(),
};

test("a test set needs no reconstruction", async () => {
  const { test } = await readHdf5(await writeHdf5Arrays({ ...sets, test_encod_data: counts() }));
  expect(Array.from(test!.encode.data)).toEqual(Array.from(counts().data));
  expect(test!.reconstruct).toBeUndefined();
});

test("true rates are divided by the conversion factor, which is 1 in files of this library", async () => {
  const factor = ndarray(Float64Array.of(100), []);
  const bytes = await writeHdf5Arrays({ ...sets, train_truth: truth(), conversion_factor: factor });
  const dataset = await readHdf5(bytes);
  expect(Array.from(dataset.train.truth!.data)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
  const { arrays } = await readHdf5Arrays(await writeHdf5(dataset));
  expect(Array.from(arrays.conversion_factor!.data)).toEqual([1]);
  expect(Array.from(arrays.train_truth!.data)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
});
