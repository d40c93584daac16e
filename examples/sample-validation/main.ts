/**
 * Does the validation likelihood tell which model is best? Keshtkaran & Pandarinath 2019: not for models that can copy spikes; with
 * coordinated dropout, or measured on samples that were held out, it does. A random search over simulated data with known rates,
 * three times: with neither, with either. The same command goes on with a search that was stopped.
 *
 *   npx tsx examples/sample-validation/main.ts [--out out/sample-validation] [--models 36] [--epochs 150] [--workers <cores>] [--seed 0]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type MemberRecord, randomSearch } from "lfads";
import { fileStore, writeFileAtomically } from "lfads/node";
import { bootstrapInterval, rankCorrelation } from "../shared/rankCorrelation";
import { runInWorkers } from "../shared/runInWorkers";
import { number, printTable } from "../shared/table";
import { studyReport } from "./report";
import { ARMS, spaceOf, type WorkplaceData } from "./workplace";

const { values } = parseArgs({
  options: {
    out: { type: "string", default: "out/sample-validation" },
    models: { type: "string", default: "36" },
    epochs: { type: "string", default: "150" },
    workers: { type: "string", default: String(availableParallelism()) },
    seed: { type: "string", default: "0" },
  },
});
const seed = Number(values.seed);

/** Likelihood on validation trials and R2 of the rates, of every model of an arm. */
interface Models {
  readonly likelihood: readonly number[];
  readonly rateR2: readonly number[];
}

async function search(arm: keyof typeof ARMS): Promise<Models> {
  const data: WorkplaceData = { folder: `${values.out}/${arm}`, arm, seed };
  const { records } = await runInWorkers({
    module: new URL("./workplace.ts", import.meta.url),
    data,
    workers: Number(values.workers),
    scheduler: randomSearch({
      space: spaceOf(arm),
      members: Number(values.models),
      epochs: Number(values.epochs),
      seed,
    }),
    store: fileStore(data.folder),
  });
  const read = (value: (record: MemberRecord) => number | null | undefined) =>
    records.map((record) => value(record) ?? Number.NaN);
  return { likelihood: read(({ score }) => score && -score), rateR2: read(({ metrics }) => metrics.rateR2) };
}

/** Rank correlation between likelihood and R2 over some of the models. */
function correlation({ likelihood, rateR2 }: Models, models: readonly number[]): number {
  const known = models.filter((model) => Number.isFinite(likelihood[model]! + rateR2[model]!));
  return rankCorrelation(
    known.map((model) => likelihood[model]!),
    known.map((model) => rateR2[model]!),
  );
}

const names = Object.keys(ARMS) as (keyof typeof ARMS)[];
const found = new Map<string, Models>();
for (const arm of names) {
  console.log(`${values.models} models, ${ARMS[arm].label} ...`);
  found.set(arm, await search(arm));
}
const plain = found.get("plain")!;
const all = [...plain.likelihood.keys()];
const arms = names.map((name) => {
  const models = found.get(name)!;
  const chosen = models.likelihood.indexOf(Math.max(...models.likelihood.filter(Number.isFinite)));
  return {
    label: ARMS[name].label,
    ...models,
    correlation: correlation(models, all),
    gain: bootstrapInterval(all.length, (drawn) => correlation(models, drawn) - correlation(plain, drawn), {
      seed,
    }),
    chosenR2: models.rateR2[chosen] ?? Number.NaN,
    bestR2: Math.max(...models.rateR2.filter(Number.isFinite)),
  };
});
const rows = arms.map(({ label, correlation, gain: [low, high], chosenR2, bestR2 }, i) => [
  label,
  number(correlation, 2),
  i === 0 ? "-" : `${number(low, 2)} to ${number(high, 2)}`,
  number(chosenR2),
  number(bestR2),
]);
const columns = ["rank correlation", "more than with neither, 95 %", "R2 of the chosen", "best R2"];
console.log();
printTable([["", ...columns], ...rows]);

const report = studyReport({ arms, columns, rows, models: all.length });
await writeFileAtomically(`${values.out}/report.html`, new TextEncoder().encode(report));
console.log(`\nwrote ${values.out}/report.html`);
