import { basename } from "node:path";
import { type Dataset, lineageOf, type MemberRecord, type PopulationResult } from "lfads";
import {
  card,
  factList,
  figureGrid,
  html,
  type PopulationPoint,
  page,
  populationFigure,
  trialSection,
} from "../report";
import type { RecordingResult } from "../shared/recording";
import { recordingTrials } from "../shared/recordingTrials";
import { number } from "../shared/table";

/** The report of a search as an HTML page: scores and hyperparameters over generations, lineage, rates of the best model. */
export function searchReport(search: PopulationResult, dataset: Dataset, result: RecordingResult): string {
  const { records, best } = search;
  const generations = new Set(records.map(({ generation }) => generation)).size;
  const names = Object.keys(records[0]!.hyperparameters);
  const all = (value: (record: MemberRecord) => number) => points(search, value);
  return page({
    title: "AutoLFADS",
    subtitle: `${records.length / generations} members, ${generations} generations`,
    lead: factList([
      { label: "best score", value: number(best?.score ?? Number.NaN) },
      { label: "its generation", value: `${best?.generation}` },
      { label: "held-in bits/spike", value: number(result.heldIn) },
      { label: "co-bps", value: number(result.coBps) },
      { label: "velocity R²", value: number(result.velocity?.r2) },
    ]),
    sections: [
      {
        heading: "Scores and lineage",
        intro: html`A dot is a member after a generation, a line leads to it from the member whose weights it went on with. In
colour: the line that led to the best.`,
        body: card(
          figureGrid(
            populationFigure({
              title: "Score",
              caption: "Smoothed validation reconstruction loss: the lower the better.",
              yLabel: "nats per bin and channel",
              points: all(({ score }) => score ?? Number.NaN),
            }),
            populationFigure({
              title: "Lineage",
              caption: "Lines that end were replaced by copies of better members.",
              yLabel: "member",
              points: all(({ member }) => member),
            }),
          ),
        ),
      },
      {
        heading: "Hyperparameters",
        intro: html`A member that takes over another one changes all of its hyperparameters a little.`,
        body: card(
          figureGrid(
            names.map((name) => {
              const values = records.map(({ hyperparameters }) => Number(hyperparameters[name]));
              const log = Math.min(...values) > 0 && Math.max(...values) > 20 * Math.min(...values);
              return populationFigure({
                title: name,
                yLabel: name,
                yType: log ? "log" : "linear",
                points: all(({ hyperparameters }) => Number(hyperparameters[name])),
              });
            }),
          ),
        ),
      },
      trialSection(recordingTrials(dataset, result), dataset.train.encode.shape[2]),
    ],
    footer: `Made by the example ${basename(import.meta.dirname)} of lfads.`,
  });
}

function points(
  { records, best }: PopulationResult,
  value: (record: MemberRecord) => number,
): PopulationPoint[] {
  const key = ({ member, generation }: { member: number; generation: number }) => `${generation}/${member}`;
  const known = new Map(records.map((record) => [key(record), record]));
  const winning = new Set(best ? lineageOf(records, best).map(key) : []);
  return records.map((record) => {
    const parent = record.parent && known.get(key(record.parent));
    return {
      generation: record.generation,
      value: value(record),
      ...(parent && { from: { generation: parent.generation, value: value(parent) } }),
      winning: winning.has(key(record)),
    };
  });
}
