/**
 * Low-dimensional chaos from spikes: sequential autoencoders with GRU and with neural-ODE generators on three attractors, after Sedler,
 * Versteeg & Pandarinath 2023. Prints their table beside ours and writes a report with recovered attractors, fixed points and
 * eigenvalues. Trainings that are done, or were stopped, are in the folder: the same command goes on with them.
 *
 *   npx tsx examples/attractors/main.ts [--systems arneodo,roessler,lorenz] [--generators neuralOde,gru] [--sizes 3,10,25]
 *                                       [--seeds 0,1,2] [--epochs 700] [--workers <cores>] [--data <file.h5>]
 *                                       [--out out/attractors]
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type Dataset, useBestWeights, useKernels } from "lfads";
import { loadTrainingState } from "lfads/node";
import { useWasm } from "../shared/backend";
import { number, printTable } from "../shared/table";
import { type Analysis, analyse, type MapPoint, matchFixedPoints, trueFixedPoints } from "./analysis";
import { attractorReport, type Trained } from "./report";
import { runTrainings } from "./runTrainings";
import { secondsOf } from "./seconds";
import { dataOf, generatorNames, modelOf, nameOf, oneOf, systemNames } from "./training";
import { LYAPUNOV, PUBLISHED } from "./truth";

const { values } = parseArgs({
  options: {
    systems: { type: "string", default: "arneodo,roessler,lorenz" },
    generators: { type: "string", default: "neuralOde,gru" },
    sizes: { type: "string", default: "3,10,25" },
    seeds: { type: "string", default: "0,1,2" },
    epochs: { type: "string", default: "700" },
    workers: { type: "string", default: String(availableParallelism()) },
    data: { type: "string" },
    out: { type: "string", default: "out/attractors" },
  },
});
const list = (text: string) => text.split(",");
const chosen = list(values.systems).map((name) => oneOf("systems", name, systemNames));
const generators = list(values.generators).map((name) => oneOf("generators", name, generatorNames));
const seeds = list(values.seeds).map(Number);
const kinds = chosen.flatMap((system) =>
  list(values.sizes).flatMap((size) =>
    generators.map((generator) => ({
      ...{ system, generator, size: Number(size), epochs: Number(values.epochs), data: values.data },
    })),
  ),
);
await runTrainings(
  kinds.flatMap((kind) => seeds.map((seed) => ({ ...kind, seed }))),
  { workers: Number(values.workers), folder: values.out },
);

await useWasm();
await useKernels({ threads: 1 });
const worlds = new Map<string, { data: Dataset; truth: readonly MapPoint[] }>();
for (const system of chosen) {
  const data = await dataOf({ system, data: values.data });
  worlds.set(system, { data, truth: await trueFixedPoints({ system }, data) });
}

const rows = [
  [
    ...["system, latents, generator", "rate R2", "paper", "hidden R2", "paper", "true from inferred"],
    ...["test", "early bins", "late bins", "CPU s"],
  ],
];
const points = [
  ["neural ODE", "seed", "fixed points", "slow", "furthest eigenvalue of each true one", "Lyapunov", "true"],
];
const models: Trained[] = [];
for (const kind of kinds) {
  const { data, truth } = worlds.get(kind.system)!;
  const analyses: Analysis[] = [];
  const seconds: number[] = [];
  for (const seed of seeds) {
    const training = { ...kind, seed };
    const file = `${values.out}/${nameOf(training)}.safetensors`;
    const model = modelOf(training, data);
    useBestWeights(model, (await loadTrainingState(file))!);
    const analysis = await analyse(model, data);
    model.dispose();
    analyses.push(analysis);
    seconds.push(await secondsOf(file));
    models.push({ training, analysis, truth, latents: data.valid.extras!.latents! });
    if (!analysis.fixedPoints) continue;
    const differences = matchFixedPoints(truth, analysis.fixedPoints).map(({ difference }) =>
      number(difference),
    );
    points.push([
      `${kind.system}, ${kind.size}`,
      String(seed),
      `${analysis.fixedPoints.length} of ${truth.length}`,
      String(analysis.slowPoints),
      differences.join(" "),
      number(analysis.lyapunov ?? undefined),
      number(LYAPUNOV[kind.system]),
    ]);
  }
  const [rate, hidden] = PUBLISHED[kind.system][kind.generator]?.[kind.size] ?? [];
  const each = (score: (analysis: Analysis) => number) => {
    const all = analyses.map(score);
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    return `${number(mean)} (${all.map((value) => number(value)).join(" ")})`;
  };
  rows.push([
    `${kind.system}, ${kind.size}, ${kind.generator}`,
    each(({ rateR2 }) => rateR2.valid),
    number(rate),
    each(({ hiddenR2 }) => hiddenR2.inferredFromTrue),
    number(hidden),
    each(({ hiddenR2 }) => hiddenR2.trueFromInferred),
    each(({ rateR2 }) => rateR2.test),
    each(({ rateR2 }) => rateR2.early),
    each(({ rateR2 }) => rateR2.late),
    seconds.map((value) => value.toFixed(0)).join(" "),
  ]);
}
console.log();
printTable(rows);
console.log();
printTable(points);
const page = `${values.out}/report.html`;
await writeFile(page, attractorReport(models, rows));
console.log(`\n${page}`);
