/** The names that {@link PROGRAM} takes from each package. */
export const IMPORTS = {
  "@tensorflow/tfjs-backend-cpu": [],
  "@tensorflow/tfjs-backend-wasm": [],
  "@tensorflow/tfjs-core": ["setBackend"],
  lfads: ["LFADS", "fit", "infer", "memoryStore", "pbt", "runPopulation", "simulateLorenz", "useKernels"],
  "lfads/hdf5": ["readHdf5", "writeHdf5"],
  "lfads/node": ["workers"],
  "node:crypto": ["createHash"],
  "node:url": ["pathToFileURL"],
};

/** Trains on each path with two threads, from an HDF5 file, and searches in workers; says digests of what comes of it. */
export const PROGRAM = `
  const backend = process.argv[2];
  const digest = (...arrays) => {
    const hash = createHash("sha256");
    for (const array of arrays) hash.update(new Uint8Array(Float64Array.from(array).buffer));
    return hash.digest("hex").slice(0, 8);
  };
  await setBackend(backend);
  const [bins, channels] = [10, 12];
  const simulated = simulateLorenz({ conditions: 4, trialsPerCondition: 10, bins, channels });
  const data = await readHdf5(await writeHdf5(simulated));
  const results = { hdf5: digest(data.train.encode.data, data.valid.truth.data) };
  for (const path of ["composed", "simd", "relaxed-simd"]) {
    await useKernels({ path, threads: 2 });
    const model = new LFADS({ bins, channels, generator: { units: 32 }, seed: 1 });
    const { history } = await fit(model, data, { epochs: 2, batchSize: 16 });
    const { rates, factors } = await infer(model, data.valid, { samples: 2 });
    results[path] = digest(history.map(({ valid }) => valid.reconstruction), rates.data, factors.data);
  }
  for (const kind of ["process", "thread"]) {
    const module = pathToFileURL("workplace.mjs");
    const store = memoryStore();
    const executor = workers({ module, workers: 2, kind, store, data: { backend, bins, channels } });
    const { records } = await runPopulation({
      scheduler: pbt({
        space: { learningRate: { type: "logUniform", low: 1e-4, high: 1e-2 } },
        population: 2,
        generations: 2,
        generationEpochs: 1,
        burnIn: 0,
      }),
      executor,
      store,
    });
    await executor.close();
    results[kind] = digest(records.map(({ score }) => score));
  }
  say(JSON.stringify(results));
`;

/** Where the workers of {@link PROGRAM} work. */
export const WORKPLACE = `
  import "@tensorflow/tfjs-backend-cpu";
  import "@tensorflow/tfjs-backend-wasm";
  import { setBackend } from "@tensorflow/tfjs-core";
  import { LFADS, lfadsTrainer, simulateLorenz, useKernels } from "lfads";

  export async function workplace({ backend, bins, channels }, { store }) {
    await setBackend(backend);
    await useKernels({ path: "simd", threads: 1 });
    const trainer = lfadsTrainer({
      model: (seed) => new LFADS({ bins, channels, generator: { units: 8 }, seed }),
      data: simulateLorenz({ conditions: 2, trialsPerCondition: 10, bins, channels }),
    });
    return { trainer, store };
  }
`;
