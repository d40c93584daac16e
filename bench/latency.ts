import { infer, LFADS, ndarray, useKernels } from "lfads";
import { poisson, RandomStream } from "../src/random";
import { useBackend } from "../test/backend";

/** `npm run latency`: milliseconds from the spikes of one trial to its rates; 50 bins, 100 channels, posterior means. */
const [bins, channels, runs] = [50, 100, 1000];
await useBackend("wasm");
const path = await useKernels({ threads: 1 });
const model = new LFADS({ channels, bins });
const counts = poisson(RandomStream.fromSeed("latency"), new Float32Array(bins * channels).fill(0.1));
const trial = { encode: ndarray(counts, [1, bins, channels]) };
const times: number[] = [];
for (let i = 0; i < runs + 100; i++) {
  const start = performance.now();
  await infer(model, trial, { samples: 0 });
  times.push(performance.now() - start);
}
const sorted = times.slice(100).sort((a, b) => a - b); // the first runs compile
const at = (share: number) => sorted[Math.floor(share * (runs - 1))]!.toFixed(2);
console.log(
  `one trial, path ${path}: median ${at(0.5)} ms, 90 % ${at(0.9)}, 99 % ${at(0.99)}, 99.9 % ${at(0.999)}`,
);
