import { type KernelPath, useKernels } from "lfads";
import { resultFiles } from "../../examples/browser/results";
import type { Settings } from "../../examples/browser/settings";
import { loadSource } from "../../examples/browser/sources";
import { createModel, train } from "../../examples/browser/training";
import { useWasm } from "../../examples/shared/backend";

/** The files of a training in this process on the wasm backend, by name. */
export async function inNode(
  bytes: Uint8Array,
  settings: Settings,
  path: KernelPath,
): Promise<Readonly<Record<string, Uint8Array>>> {
  await useWasm();
  await useKernels({ path });
  const dataset = await loadSource({ type: "file", bytes });
  const model = createModel(dataset, settings);
  const { state } = await train(model, dataset, settings);
  const files = await resultFiles(model, dataset, settings, state);
  model.dispose();
  return Object.fromEntries(files.map(({ name, bytes }) => [name, bytes]));
}
