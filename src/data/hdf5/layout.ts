import type { Dataset, TrialSet } from "../dataset";
import type { NdArray } from "../ndarray";
import type { Hdf5Arrays } from "./readHdf5Arrays";

/** What lfads-torch calls the fields of a {@link TrialSet}; the others are called as they are. */
const NAMES = {
  encode: "encod_data",
  reconstruct: "recon_data",
  externalInputs: "ext_input",
  truth: "truth",
} as const;
/** What true rates are divided by to become spikes per bin, in files of lfads-torch. */
const CONVERSION = "conversion_factor";
const SETS = ["train", "valid", "test"] as const;

/** The name in a file: `arrayName("train", "encode")` is `train_encod_data`, `arrayName("train", "inds")` is `train_inds`. */
export function arrayName(set: (typeof SETS)[number] | "shared", field: string): string {
  if (set === "shared") return field;
  return `${set}_${Object.hasOwn(NAMES, field) ? NAMES[field as keyof typeof NAMES] : field}`;
}

/**
 * Sorts the arrays of a file into a data set: by the prefixes `train_`, `valid_` and `test_`; the others are shared.
 *
 * @throws if the encoder's or the reconstruction's data of a set is missing (the test set may be missing altogether)
 */
export function toDataset({ arrays, attributes }: Hdf5Arrays): Dataset {
  const { [CONVERSION]: conversion, ...others } = arrays;
  if (conversion) return toDataset({ arrays: converted(others, conversion.data[0]!), attributes });
  const names = Object.keys(arrays);
  const shared = names.filter((name) => !SETS.some((set) => name.startsWith(`${set}_`)));
  const hasTest = names.some((name) => name.startsWith("test_"));
  return {
    train: toTrialSet("train", arrays),
    valid: toTrialSet("valid", arrays),
    ...(hasTest && { test: toTestSet(arrays) }),
    attributes,
    shared: Object.fromEntries(shared.map((name) => [name, arrays[name]!])),
  };
}

/** The arrays with true rates divided by the conversion factor of the file: into spikes per bin. */
function converted(arrays: Hdf5Arrays["arrays"], factor: number): Hdf5Arrays["arrays"] {
  if (!(factor > 0 && factor < Infinity)) throw new Error(`${CONVERSION} must be positive, got ${factor}`);
  const truths = SETS.map((set) => arrayName(set, "truth"));
  const entries = Object.entries(arrays).map(([name, array]): [string, NdArray] => {
    if (factor === 1 || !truths.includes(name)) return [name, array];
    return [name, { data: Float64Array.from(array.data, (rate) => rate / factor), shape: array.shape }];
  });
  return Object.fromEntries(entries);
}

/** A test set needs what the encoders see, and no more. */
function toTestSet(arrays: Hdf5Arrays["arrays"]): NonNullable<Dataset["test"]> {
  const encode = arrays[arrayName("test", "encode")];
  if (!encode || arrays[arrayName("test", "reconstruct")]) return toTrialSet("test", arrays);
  const { reconstruct: _, ...test } = toTrialSet("test", {
    ...arrays,
    [arrayName("test", "reconstruct")]: encode,
  });
  return test;
}

function toTrialSet(set: (typeof SETS)[number], arrays: Hdf5Arrays["arrays"]): TrialSet {
  const taken = Object.values(NAMES).map((name) => `${set}_${name}`);
  const [encode, reconstruct, externalInputs, truth] = taken.map((name) => arrays[name]);
  if (!encode || !reconstruct) {
    const missing = taken.slice(0, 2).filter((name) => !arrays[name]);
    throw new Error(
      `the file must have ${missing.join(" and ")}, got ${Object.keys(arrays).join(", ") || "nothing"}`,
    );
  }
  const extras = Object.entries(arrays).filter(
    ([name]) => name.startsWith(`${set}_`) && !taken.includes(name),
  );
  return {
    encode,
    reconstruct,
    ...(externalInputs && { externalInputs }),
    ...(truth && { truth }),
    extras: Object.fromEntries(extras.map(([name, array]) => [name.slice(set.length + 1), array])),
  };
}

/**
 * The arrays of a file for a data set, the reverse of {@link toDataset}.
 *
 * @throws if the name of an extra or shared array would make it another array when read
 */
export function fromDataset({ train, valid, test, shared = {} }: Dataset): Record<string, NdArray> {
  const arrays: [string, NdArray][] = [];
  for (const set of SETS) {
    const trialSet = { train, valid, test }[set];
    if (!trialSet) continue;
    const { extras = {}, ...fields } = trialSet;
    for (const [field, array] of Object.entries(fields)) arrays.push([arrayName(set, field), array]);
    for (const [name, array] of Object.entries(extras)) {
      if (Object.entries(NAMES).flat().includes(name))
        throw new Error(`an extra array cannot be named "${name}"`);
      arrays.push([arrayName(set, name), array]);
    }
  }
  for (const [name, array] of Object.entries(shared)) {
    if (name === CONVERSION) throw new Error(`a shared array cannot be named "${name}"`);
    if (SETS.some((set) => name.startsWith(`${set}_`))) {
      throw new Error(`a shared array cannot have a name with the prefix of a set, got "${name}"`);
    }
    arrays.push([name, array]);
  }
  if ([train, valid, test].some((set) => set?.truth)) {
    arrays.push([CONVERSION, { data: Float64Array.of(1), shape: [] }]);
  }
  return Object.fromEntries(arrays);
}
