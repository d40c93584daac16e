/**
 * Few trials: does a search pay? Population-based training with coordinated dropout (AutoLFADS), a random search that trains as much,
 * and fixed default hyperparameters, on 100 trials of simulated data and of a recording; scored on other trials that no training and no
 * search has seen. Prints the tables of docs/search-results.md. The same command goes on with a run that was stopped.
 *
 *   npx tsx examples/small-data/main.ts [--sets lorenz,s1] [--seeds 0,1,2] [--members 10] [--epochs 320] [--ramp 80]
 *                                       [--generation-epochs 20] [--workers <cores>] [--out out/small-data]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { deserializeTrainingState, type MemberRecord, useBestWeights, useKernels } from "lfads";
import { useWasm } from "../shared/backend";
import { runInWorkers } from "../shared/runInWorkers";
import { number } from "../shared/table";
import { type Budget, methods } from "./methods";
import { smallModel, smallSets, type TestScores } from "./sets";
import { storeOf, type WorkplaceData } from "./workplace";

const { values } = parseArgs({
  options: {
    sets: { type: "string", default: "lorenz,s1" },
    seeds: { type: "string", default: "0,1,2" },
    members: { type: "string", default: "10" },
    epochs: { type: "string", default: "320" },
    ramp: { type: "string", default: "80" },
    "generation-epochs": { type: "string", default: "20" },
    workers: { type: "string", default: String(availableParallelism()) },
    out: { type: "string", default: "out/small-data" },
  },
});
type SetName = keyof typeof smallSets;
type MethodName = keyof typeof methods;
const seeds = values.seeds.split(",").map(Number);
const budget: Budget = {
  members: Number(values.members),
  epochs: Number(values.epochs),
  ramp: Number(values.ramp),
  generationEpochs: Number(values["generation-epochs"]),
};

async function run(set: SetName, seed: number, method: MethodName): Promise<TestScores> {
  console.log(`${set}, seed ${seed}, ${methods[method].label} ...`);
  const data: WorkplaceData = { folder: values.out, set, seed, method, ramp: budget.ramp };
  const { best, checkpoint } = await runInWorkers({
    module: new URL("./workplace.ts", import.meta.url),
    data,
    workers: Number(values.workers),
    scheduler: methods[method].scheduler(budget, seed),
    store: storeOf(data),
    settings: { ramp: budget.ramp },
  });
  console.log(`best: ${describe(best!)}`);
  const small = await smallSets[set].load(seed);
  const model = smallModel(small, seed);
  useBestWeights(model, deserializeTrainingState(checkpoint!));
  const scores = await smallSets[set].score(model, small);
  model.dispose();
  return scores;
}

function describe({ member, generation, score, hyperparameters }: MemberRecord): string {
  const all = Object.entries(hyperparameters).map(
    ([name, value]) => `${name} ${Number(value).toPrecision(3)}`,
  );
  return `member ${member} of generation ${generation}, score ${number(score!, 5)}, ${all.join(", ")}`;
}

await useWasm();
await useKernels({ threads: 1 });
for (const set of values.sets.split(",") as SetName[]) {
  const rows: string[] = [];
  for (const method of Object.keys(methods) as MethodName[]) {
    const scores: TestScores[] = [];
    for (const seed of seeds) scores.push(await run(set, seed, method));
    const cells = (["coBps", "r2"] as const).map((name) => {
      const all = scores.map((one) => one[name]);
      const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
      return `**${number(mean)}** (${all.map((value) => number(value)).join(", ")})`;
    });
    rows.push(`| ${methods[method].label} | ${cells.join(" | ")} |`);
  }
  console.log(`\n| ${set} | co-bps | ${smallSets[set].r2} |\n|---|---|---|\n${rows.join("\n")}\n`);
}
