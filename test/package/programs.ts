/** A program that touches every part of the main entry; `say` gets one line of JSON. */
const PROGRAM = `
  await setBackend("cpu");
  const shape = [2, 4, 3];
  const counts = { data: Float32Array.from({ length: 24 }, (_, i) => i % 3), shape };
  const trials = { encode: counts, reconstruct: counts };
  const model = new LFADS({ channels: 3, bins: 4, generator: { units: 5 } });
  const batch = { encode: tensor(counts.data, shape), reconstruct: tensor(counts.data, shape) };
  const draws = streamDraws(RandomStream.fromSeed(1));
  const dropped = coordinatedDropout({ rate: 0.5 })(batch, draws);
  const { history } = await fit(model, { train: trials, valid: trials }, { epochs: 1 });
  const { rates } = await infer(model, trials, { samples: 2 });
  say(JSON.stringify({
    input: [...dropped.encode.dataSync()],
    loss: history[0]?.valid.reconstruction,
    rates: [...rates.data],
  }));
`;

const IMPORTS = {
  "@tensorflow/tfjs-backend-cpu": [],
  "@tensorflow/tfjs-core": ["setBackend", "tensor"],
  lfads: ["LFADS", "RandomStream", "coordinatedDropout", "fit", "infer", "streamDraws"],
};

/** Names that a program takes from each package. */
type Imports = Readonly<Record<string, readonly string[]>>;

/** A function `run` of `say` as an ES module. */
export const esModule = (imports: Imports, body: string) =>
  [
    ...Object.entries(imports).map(([name, names]) =>
      names.length > 0 ? `import { ${names.join(", ")} } from "${name}";` : `import "${name}";`,
    ),
    `const run = async (say) => {${body}};`,
  ].join("\n");

/** The same as a CommonJS module. */
export const commonJs = (imports: Imports, body: string) =>
  [
    ...Object.entries(imports).map(([name, names]) => `const { ${names.join(", ")} } = require("${name}");`),
    `const run = async (say) => {${body}};`,
  ].join("\n");

/** {@link PROGRAM} as an ES module. */
export const ES_MODULE = esModule(IMPORTS, PROGRAM);

/** {@link PROGRAM} as a CommonJS module. */
export const COMMON_JS = commonJs(IMPORTS, PROGRAM);

/** {@link PROGRAM} in TypeScript, for modules of either kind. */
export const TYPESCRIPT = ES_MODULE.replace("(say)", "(say: (line: string) => void)");

/** Says what importing the package has added to tfjs and to the global scope. */
export const SIDE_EFFECTS = `
import { engine, serialization } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers";
import "ml-matrix";

const state = () => ({
  kernels: [...globalThis._tfGlobals.get("kernelRegistry").keys()],
  gradients: [...globalThis._tfGlobals.get("gradRegistry").keys()],
  classes: Object.keys(serialization.SerializationMap.getMap().classNameMap),
  backends: Object.keys(engine().registryFactory),
  tensors: [...Array(engine().state.numTensors).keys()],
  variables: Object.keys(engine().registeredVariables),
  globals: Object.getOwnPropertyNames(globalThis),
});
const before = state();
for (const name of ["lfads", "lfads/hdf5", "lfads/node"]) await import(name);
const added = Object.entries(state()).flatMap(([kind, names]) =>
  names.filter((name) => !before[kind].includes(name)).map((name) => kind + " " + name));
console.log(JSON.stringify({ gradients: before.gradients.length, added }));
`;

/** Type-checks only where the packages' types resolve, and are not \`any\`. */
export const TYPED = `
import type { Tensor } from "@tensorflow/tfjs-core";
import { coordinatedDropout, type Executor, infer, LFADS, type Inferred } from "lfads";
import { bullmqExecutor, type QueueServer, serveQueue } from "lfads/bullmq";
import { readHdf5 } from "lfads/hdf5";
import { loadHdf5, progressBar } from "lfads/node";

const model = new LFADS({ channels: { encode: 39, reconstruct: 52 }, bins: 20 });
export async function rates(bytes: Uint8Array): Promise<Float32Array> {
  const { valid }: { valid: Parameters<typeof infer>[1] } = await readHdf5(bytes);
  const inferred: Inferred = await infer(model, valid, { samples: 2 });
  return inferred.rates.data;
}
export const dropped = (encode: Tensor, draws: Parameters<ReturnType<typeof coordinatedDropout>>[1]): Tensor =>
  coordinatedDropout({ rate: 0.1 })({ encode, reconstruct: encode }, draws).encode;
export const loaded: ReturnType<typeof readHdf5> = loadHdf5("a.h5");
progressBar().stop();
const connection = { url: "redis://host:6379" };
export const executor: Executor = bullmqExecutor({ connection, search: "a", size: 2 });
export const server: QueueServer = serveQueue({ connection, module: "file:///workplace.js" });
// @ts-expect-error the search has no name
bullmqExecutor({ connection, size: 2 });
// @ts-expect-error bins are missing
new LFADS({ channels: 3 });
// @ts-expect-error not a number
coordinatedDropout({ rate: "0.1" });
`;
