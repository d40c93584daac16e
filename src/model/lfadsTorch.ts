import { tensor } from "@tensorflow/tfjs-core";
import { type NdArray, ndarray, readSafetensors, writeSafetensors } from "../data";
import type { LFADS } from "./lfads";

/**
 * Gives a model the parameters of an lfads-torch model, saved with `safetensors.torch.save_file(model.state_dict(), path)`.
 * The architectures must agree; names map one to one, but for the frozen `bias_hh` of the GRU cells, which must be zero.
 *
 * @throws if a parameter is missing, unknown or of another shape, or a `bias_hh` is not zero
 */
export function loadLfadsTorch(model: LFADS, bytes: Uint8Array): void {
  const { tensors } = readSafetensors(bytes);
  const own = model.parameters;
  const given = Object.entries(tensors).filter(([name, { data }]) => {
    const bias = name.endsWith(".bias_hh");
    if (bias && data.some((value) => value !== 0)) {
      throw new Error(`loadLfadsTorch: ${name} must be zero, as lfads-torch freezes it`);
    }
    // lfads-torch keeps parts that a model does not have as tensors without elements.
    return !bias && data.length > 0;
  });
  const names = new Set(given.map(([name]) => name));
  const missing = Object.keys(own).filter((name) => !names.has(name));
  const unknown = [...names].filter((name) => !own[name]);
  if (missing.length > 0 || unknown.length > 0) {
    throw new Error(
      `loadLfadsTorch: the parameters must be those of the model; missing: ${missing.join(", ") || "none"}; ` +
        `unknown: ${unknown.join(", ") || "none"}`,
    );
  }
  for (const [name, { shape }] of given) {
    if (`${shape}` !== `${own[name]!.shape}`) {
      throw new Error(`loadLfadsTorch: ${name} must have shape [${own[name]!.shape}], got [${shape}]`);
    }
  }
  model.setParameters(
    Object.fromEntries(
      given.map(([name, { data, shape }]) => [name, tensor(Float32Array.from(data), [...shape], "float32")]),
    ),
  );
}

/**
 * The parameters of a model as a safetensors file that lfads-torch reads with
 * `model.load_state_dict(safetensors.torch.load_file(path))`: also a lossless way to keep a model of this library.
 *
 * @example
 * ```ts
 * import { LFADS, loadLfadsTorch, saveLfadsTorch } from "lfads";
 *
 * const options = { channels: 52, bins: 20 };
 * const bytes = await saveLfadsTorch(new LFADS(options));
 * loadLfadsTorch(new LFADS({ ...options, seed: 1 }), bytes); // now the same model
 * ```
 */
export async function saveLfadsTorch(model: LFADS): Promise<Uint8Array> {
  const entries = await Promise.all(
    Object.entries(model.parameters).map(async ([name, value]): Promise<[string, NdArray]> => {
      return [name, ndarray((await value.data()) as Float32Array, value.shape)];
    }),
  );
  const arrays = Object.fromEntries(entries);
  const zeros = (...shape: number[]) =>
    ndarray(new Float32Array(shape.reduce((product, n) => product * n, 1)), shape);
  for (const [name, { shape }] of entries) {
    if (!name.endsWith(".weight_hh")) continue;
    const cell = name.slice(0, -".weight_hh".length);
    arrays[`${cell}.bias_hh`] = zeros(shape[0]!);
    arrays[`${cell}.weight_ih`] ??= zeros(shape[0]!, 0);
  }
  if (!model.architecture.controller) {
    arrays["decoder.con_h0"] = zeros(1, 0);
    // Of its default prior, which is there without a controller too.
    arrays["co_prior.logtaus"] = zeros(0);
    arrays["co_prior.lognvars"] = zeros(0);
  }
  return writeSafetensors(arrays, { format: "pt" });
}
