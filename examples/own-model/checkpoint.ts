import { dispose, type Tensor, tensor, tidy, type train } from "@tensorflow/tfjs-core";
import { readSafetensors, writeSafetensors } from "lfads";
import type { Decoder } from "./decoder";

type Adam = ReturnType<typeof train.adam>;

/** Weights, state of the optimiser and epochs so far, as bytes. */
export async function save(decoder: Decoder, adam: Adam, epoch: number): Promise<Uint8Array> {
  const state = await adam.getWeights();
  const array = async (x: Tensor) => ({ data: await x.data<"float32">(), shape: x.shape });
  const named = [...Object.entries(decoder), ...state.map((one, i) => [`adam/${i}`, one.tensor] as const)];
  const arrays = await Promise.all(named.map(async ([name, x]) => [name, await array(x)] as const));
  dispose(state[0]!.tensor); // the number of steps, made for us
  return writeSafetensors(Object.fromEntries(arrays), { epoch: String(epoch) });
}

/** Gives a decoder and its optimiser what was {@link save}d. @returns the epochs so far */
export async function restore(bytes: Uint8Array, decoder: Decoder, adam?: Adam): Promise<number> {
  const { tensors, metadata } = readSafetensors(bytes);
  const read = (name: string) => tensor(tensors[name]!.data as Float32Array, [...tensors[name]!.shape]);
  for (const [name, variable] of Object.entries(decoder)) tidy(() => variable.assign(read(name)));
  const names = Object.keys(tensors).filter((name) => name.startsWith("adam/"));
  const state = names.map((_, i) => ({ name: `adam/${i}`, tensor: read(`adam/${i}`) }));
  await adam?.setWeights(state);
  dispose(state.map((one) => one.tensor));
  return Number(metadata.epoch);
}
