import { add, concat, mul, reshape, stack, sum, type Tensor, tensor, transpose } from "@tensorflow/tfjs-core";
import { type Augmentation, spikeJitter, temporalShift } from "../../src/augmentations";
import { BidirectionalGru, ClippedGruCell, Factors, type Parameters } from "../../src/modules";
import type { Draws } from "../../src/random";
import { blocks } from "../../src/reconstructions/reconstruction";
import { valueAndGradients } from "../../src/train/gradients";
import { ramp } from "../../src/train/ramp";
import { smooth } from "../../src/train/smooth";
import type { Fixture } from "./fixture";
import { bitsPerSpike, r2 } from "./lfadsTorchMetrics";
import { type Config, priorOf, reconstructionOf } from "./modelCase";
import type { Report } from "./report";

/** Cell, bidirectional GRU and normalised linear map, with gradients of `sum(output * d_output)`. */
export function cellsCase(fixture: Fixture, report: Report): void {
  const clip = Number(fixture.metadata.clip);
  const own = (prefix: string, names: readonly string[]): Parameters =>
    Object.fromEntries(names.map((name) => [name, fixture.tensor(`${prefix}/${name}`)]));
  const inner = (a: Tensor, b: Tensor) => sum(mul(a, b));
  const largest = largestGradient(fixture);
  const check = (prefix: string, f: (p: Parameters) => Tensor, variables: Parameters) => {
    const { gradients } = valueAndGradients(() => f(variables), variables);
    for (const [name, gradient] of Object.entries(gradients)) {
      report.compare("gradients", `${prefix}/grad/${name}`, gradient, largest);
    }
  };

  const x = fixture.values("cell/x").shape[1]!;
  const units = fixture.values("cell/h").shape[1]!;
  const cell = new ClippedGruCell({ inputSize: x, stateSize: units, clip });
  const cellVariables = own("cell", ["weight_ih", "weight_hh", "bias_ih", "x", "h"]);
  const stepCell = (p: Parameters) => cell.step(p, p.x!, p.h!);
  report.compare("outputs", "cell/y", stepCell(cellVariables));
  check("cell", (p) => inner(stepCell(p), fixture.tensor("cell/dy")), cellVariables);

  const gru = new BidirectionalGru({
    inputSize: fixture.values("bigru/x").shape[2]!,
    units: fixture.values("bigru/h0").shape[2]!,
    clip,
  });
  const weights = ["weight_ih", "weight_hh", "bias_ih"];
  const names = ["fwd_gru", "bwd_gru"].flatMap((gru) => weights.map((name) => `${gru}.cell.${name}`));
  const gruVariables = own("bigru", [...names, "x", "h0"]);
  const runGru = (p: Parameters) => {
    const states = gru.apply(p, transpose(p.x!, [1, 0, 2]), p.h0!);
    const [batch] = p.x!.shape as [number];
    return {
      output: transpose(concat([states.forward, states.backward], 2), [1, 0, 2]),
      final: transpose(reshape(states.final, [batch, 2, -1]), [1, 0, 2]),
    };
  };
  const { output, final } = runGru(gruVariables);
  report.compare("outputs", "bigru/output", output);
  report.compare("outputs", "bigru/h_n", final);
  check(
    "bigru",
    (p) => {
      const y = runGru(p);
      return add(
        inner(y.output, fixture.tensor("bigru/d_output")),
        inner(y.final, fixture.tensor("bigru/d_hn")),
      );
    },
    gruVariables,
  );

  const [rows, columns] = fixture.values("knl/weight").shape as [number, number];
  const factors = new Factors(columns, rows);
  const factorVariables = own("knl", ["weight", "x"]);
  report.compare("outputs", "knl/y", factors.apply(factorVariables, factorVariables.x!));
  check("knl", (p) => inner(factors.apply(p, p.x!), fixture.tensor("knl/dy")), factorVariables);
}

export const CELLS_INPUTS = ["cell", "bigru", "knl"].flatMap((part) =>
  [
    "x",
    "h",
    "h0",
    "dy",
    "d_output",
    "d_hn",
    "weight",
    "weight_ih",
    "weight_hh",
    "bias_ih",
    "bias_hh",
  ].flatMap((name) => [`${part}/${name}`, `${part}/fwd_gru.cell.${name}`, `${part}/bwd_gru.cell.${name}`]),
);

/** Every reconstruction and prior alone, values and gradients. */
export function reconstructionsAndPriorsCase(fixture: Fixture, report: Report): void {
  const config = fixture.json<Record<string, Record<string, number>>>("config");
  const largest = largestGradient(fixture);
  for (const [type, options] of Object.entries(config)) {
    const entry = { ...options, type } as unknown as Config;
    if (fixture.has(`${type}/raw_params`)) reconstructionCase(fixture, report, type, entry, largest);
    else {
      for (const latent of ["ic", "co"]) {
        if (fixture.has(`${type}/${latent}/kl`))
          priorCase(fixture, report, `${type}/${latent}`, entry, largest);
      }
    }
  }
}

function reconstructionCase(
  fixture: Fixture,
  report: Report,
  type: string,
  config: Config,
  largest: number,
): void {
  const reconstruction = reconstructionOf(config);
  const data = fixture.tensor(`${type}/data`);
  const variables: Record<string, Tensor> = {
    raw_params: fixture.tensor(`${type}/raw_params`),
    ...(fixture.has(`${type}/scale`) && { scale: fixture.tensor(`${type}/scale`) }),
  };
  const raw = variables.raw_params!;
  const loss = () => reconstruction.loss(data, raw, variables);
  report.compare(
    "outputs",
    `${type}/output_params`,
    stack(blocks(raw, reconstruction.parametersPerChannel), 3),
  );
  report.compare("outputs", `${type}/loss`, loss());
  report.compare("outputs", `${type}/means`, reconstruction.mean(raw, variables));
  if (reconstruction.penalty) report.compare("losses", `${type}/l2`, reconstruction.penalty(variables));
  const weight = fixture.tensor(`${type}/d_loss`);
  const { gradients } = valueAndGradients(() => sum(mul(loss(), weight)), variables);
  for (const [name, gradient] of Object.entries(gradients)) {
    report.compare("gradients", `${type}/grad/${name}`, gradient, largest);
  }
}

function priorCase(fixture: Fixture, report: Report, path: string, config: Config, largest: number): void {
  const prior = priorOf(config);
  const recorded: Draws = {
    normal: () => fixture.tensor(`${path}/noise`),
    chiSquared: () => fixture.tensor(`${path}/noise_chi2`),
    bernoulli: () => tensor([]),
    integers: () => tensor([]),
    fork: () => recorded,
  };
  const parameters = Object.fromEntries(
    Object.keys(fixture.group(`${path}/param`)).map((name) => [
      name,
      fixture.tensor(`${path}/param/${name}`),
    ]),
  );
  const mean = fixture.tensor(`${path}/post_mean`);
  const std = fixture.tensor(`${path}/post_std`);
  const divergence = () => prior.divergence(parameters, { mean, std }, recorded, "kl");
  report.compare("losses", `${path}/kl`, divergence());
  const trained = Object.fromEntries(
    Object.entries(parameters).filter(([name]) => !prior.frozen.includes(name)),
  );
  const { gradients } = valueAndGradients(divergence, { ...trained, post_mean: mean, post_std: std });
  for (const [name, gradient] of Object.entries(gradients)) {
    const golden = name.startsWith("post_") ? `${path}/grad/${name}` : `${path}/grad/param/${name}`;
    report.compare("gradients", golden, gradient, largest);
  }
}

export function reconstructionInputs(fixture: Fixture): string[] {
  return Object.keys(fixture.json<Record<string, unknown>>("config")).flatMap((type) => [
    ...["data", "raw_params", "d_loss", "scale"].map((name) => `${type}/${name}`),
    ...["ic", "co"].flatMap((latent) =>
      ["noise", "noise_chi2", "param", "post_mean", "post_std"].map((name) => `${type}/${latent}/${name}`),
    ),
  ]);
}

export function rampsCase(fixture: Fixture, report: Report): void {
  const { data, shape } = fixture.values("start_increase");
  const epochs = fixture.values("ramp").shape[1]!;
  const values = Array.from({ length: shape[0]! }, (_, i) =>
    Array.from({ length: epochs }, (_, epoch) =>
      ramp(epoch, { start: data[2 * i]!, increase: data[2 * i + 1]! }),
    ),
  );
  report.compare("outputs", "ramp", { data: values.flat(), shape: [shape[0]!, epochs] });
}

export function metricsCase(fixture: Fixture, report: Report): void {
  const preds = fixture.values("bps/preds");
  const targets = fixture.values("bps/targets");
  const [, bins, channels] = targets.shape as [number, number, number];
  const encodedChannels = fixture.scalar("bps/encod_data_dim");
  const encodedBins = fixture.scalar("bps/encod_seq_len");
  const regional = (width: number, length: number) => ({
    data: bitsPerSpike(preds, targets, width, length),
    shape: [3],
  });
  report.compare("metrics", "bps/value", bitsPerSpike(preds, targets, channels, bins)[0], 1);
  report.compare(
    "metrics",
    "bps/value_silent_channel",
    bitsPerSpike(preds, fixture.values("bps/targets_silent_channel"), channels, bins)[0],
    1,
  );
  report.compare("metrics", "bps/regional", regional(encodedChannels, encodedBins), 1);
  report.compare("metrics", "bps/regional_no_heldout", regional(channels, bins), 1);
  report.compare("metrics", "r2/value", r2(fixture.values("r2/preds"), fixture.values("r2/targets")), 1);
  const firstTrial = (name: string) => {
    const { data } = fixture.values(name);
    return { data: Array.from(data).slice(0, bins * channels), shape: [1, bins, channels] };
  };
  report.compare("metrics", "r2/value_2d", r2(firstTrial("r2/preds"), firstTrial("r2/targets")), 1);
  for (const name of ["smooth", "smooth9"]) {
    const coefficient = fixture.scalar(`${name}/coef`);
    const { data, shape } = fixture.values(`${name}/values`);
    const sizes = fixture.values(`${name}/batch_sizes`).data;
    const [epochs, batches] = shape as [number, number];
    const smoothed: number[] = [];
    for (let epoch = 0; epoch < epochs; epoch++) {
      let total = 0;
      let count = 0;
      for (let i = epoch * batches; i < (epoch + 1) * batches; i++) {
        total += data[i]! * sizes[i]!;
        count += sizes[i]!;
      }
      smoothed.push(smooth(smoothed.at(-1) ?? null, total / count, coefficient));
    }
    report.compare("metrics", `${name}/output`, { data: smoothed, shape: [epochs] }, 1);
  }
}

export const METRICS_INPUTS = [
  "bps/encod_data_dim",
  "bps/encod_seq_len",
  "bps/preds",
  "bps/targets",
  "bps/targets_silent_channel",
  "r2/preds",
  "r2/targets",
  ...["smooth", "smooth9"].flatMap((name) =>
    ["batch_sizes", "coef", "values"].map((part) => `${name}/${part}`),
  ),
];

/** Spike jitter and temporal shift, input and target independently of each other as in lfads-torch. */
export function jitterAndShiftCase(fixture: Fixture, report: Report): void {
  const batch = {
    encode: fixture.tensor("input/encod_data"),
    reconstruct: fixture.tensor("input/recon_data"),
  };
  const [std, maxShift, width] = [3, 6, 2];
  const recorded: Draws = {
    normal: (name) => {
      const { data, shape } = fixture.values(`shift/normal_${short(name)}`);
      return tensor(
        Array.from(data, (x) => x / std),
        [...shape],
      );
    },
    integers: (name, shape) =>
      perSpike(name.endsWith("encode") ? batch.encode : batch.reconstruct, fixture, short(name), shape),
    bernoulli: () => tensor([]),
    chiSquared: () => tensor([]),
    fork: () => recorded,
  };
  const check = (path: string, augmentation: Augmentation) => {
    const result = augmentation(batch, recorded);
    report.compare("outputs", `${path}/encod_data`, result.encode);
    report.compare("outputs", `${path}/recon_data`, result.reconstruct);
  };
  check("jitter", spikeJitter({ width, independent: true }));
  check("shift", temporalShift({ std, maxShift, independent: true }));
}

export const JITTER_INPUTS = [
  "input",
  "jitter/shifts_encod",
  "jitter/shifts_recon",
  "shift/normal_encod",
  "shift/normal_recon",
];

function short(name: string): string {
  return name.endsWith("encode") ? "encod" : "recon";
}

/** The recorded shifts are listed spike by spike: all first spikes of the samples, then all second ones, ... */
function perSpike(x: Tensor, fixture: Fixture, name: string, shape: readonly number[]): Tensor {
  const counts = x.dataSync();
  const list = fixture.values(`jitter/shifts_${name}`).data;
  const shifts = new Float32Array(shape.reduce((product, n) => product * n, 1));
  let next = 0;
  for (let k = 0; k < shape[0]!; k++) {
    for (let i = 0; i < counts.length; i++) {
      if (counts[i]! >= k + 1) shifts[k * counts.length + i] = list[next++]!;
    }
  }
  return tensor(shifts, [...shape]);
}

function largestGradient(fixture: Fixture): number {
  return fixture.names
    .filter((name) => name.includes("/grad/"))
    .flatMap((name) => Array.from(fixture.values(name).data))
    .reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
}
