import { tidy } from "@tensorflow/tfjs-core";
import { Fixture } from "./fixture";
import { MODEL_INPUTS, modelCase } from "./modelCase";
import {
  CELLS_INPUTS,
  cellsCase,
  JITTER_INPUTS,
  jitterAndShiftCase,
  METRICS_INPUTS,
  metricsCase,
  rampsCase,
  reconstructionInputs,
  reconstructionsAndPriorsCase,
} from "./partCases";
import { Report } from "./report";

interface Kind {
  /** What the file is recognised by. */
  matches(fixture: Fixture): boolean;
  run(fixture: Fixture, report: Report): void;
  /** Prefixes of tensors that hold no results. */
  inputs(fixture: Fixture): readonly string[];
}

const KINDS: readonly Kind[] = [
  { matches: (f) => "hparams" in f.metadata, run: modelCase, inputs: () => MODEL_INPUTS },
  { matches: (f) => f.has("cell/y"), run: cellsCase, inputs: () => CELLS_INPUTS },
  { matches: (f) => "config" in f.metadata, run: reconstructionsAndPriorsCase, inputs: reconstructionInputs },
  { matches: (f) => f.has("ramp"), run: rampsCase, inputs: () => ["start_increase"] },
  { matches: (f) => f.has("bps/value"), run: metricsCase, inputs: () => METRICS_INPUTS },
  { matches: (f) => f.has("jitter/encod_data"), run: jitterAndShiftCase, inputs: () => JITTER_INPUTS },
];

/** Result of one golden file, by bounds times `slack`; null for the traces of the search, which is another matter. */
export async function compareFile(
  path: string,
  bytes: Uint8Array,
  slack = 1,
): Promise<{ summary: string; misses: string[]; largest: number } | null> {
  const fixture = new Fixture(path, bytes);
  if ("stopper" in fixture.metadata) return null;
  const kind = KINDS.find(({ matches }) => matches(fixture));
  if (!kind) throw new Error(`${path}: not a golden file of a known kind`);
  const report = new Report(fixture);
  tidy(() => kind.run(fixture, report));
  await report.settle();
  return {
    summary: report.toString(),
    misses: report.misses(kind.inputs(fixture), slack),
    largest: Math.max(0, ...[...report.worst.values()].map(({ error }) => error)),
  };
}
