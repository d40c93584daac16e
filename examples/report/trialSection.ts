import type { NdArray } from "../../src/data/ndarray";
import { type Html, html } from "./html";
import { column, written } from "./numbers";
import type { Section } from "./page";
import { peakHz, type ReportTrial, trialCard } from "./trialCard";

/** Trials below each other, on one colour scale and with the same factors, and how to read them. */
export function trialSection(trials: readonly ReportTrial[], heldIn: number | undefined): Section {
  const topHz = Math.max(...trials.map(peakHz));
  const factors = strongest(
    trials.map((trial) => trial.factors),
    12,
  );
  return {
    heading: "Single trials",
    intro: html`What the model makes of one trial at a time, without averaging. All trials share one colour scale.`,
    body: [
      guide(trials, heldIn, factors.length, topHz),
      trials.map((trial) => trialCard(trial, { heldIn, factors, topHz })),
    ],
  };
}

function guide(
  trials: readonly ReportTrial[],
  heldIn: number | undefined,
  factors: number,
  topHz: number,
): Html {
  const { binSeconds = 1, factors: { shape } = { shape: [] } } = trials[0] ?? {};
  const all = shape[1] ?? 0;
  return html`<div class="guide">
<p><b>Spikes and rates.</b> One row per channel, in the same order in both: sorted by the time of the peak rate, so that
activity runs down the diagonal. Colours mean the same, too: one spike in a bin is ${written(1 / binSeconds)} Hz. The
strongest colour stands for ${written(topHz)} Hz and more.</p>
${
  heldIn !== undefined &&
  html`<p><b>Held-out channels.</b> Their spikes never go into the encoders: the model predicts these rates from the other
channels alone. Compare the two maps to judge it.</p>`
}
<p><b>Factors.</b> The few signals that all rates are made of${
    factors < all && ` (the ${factors} of ${all} that vary most)`
  }, each around its mean, on one scale in arbitrary units.</p>
${
  trials.some(({ inputs }) => inputs && (inputs.shape[1] ?? 0) > 0) &&
  html`<p><b>Inferred inputs.</b> What pushes the dynamics from outside, in arbitrary units. Flat lines: the initial state
alone explains the trial. Bumps: something arrived then.</p>`
}
${
  trials.some(({ velocity }) => velocity) &&
  html`<p><b>Hand.</b> Velocity read out of the model against the measured one. The path is the velocity summed up over
the trial, from the open circle to the dot.</p>`
}</div>`;
}

/** The `count` columns with the largest variance over all arrays `[bins, columns]`, in their own order. */
function strongest(arrays: readonly NdArray[], count: number): number[] {
  const columns = arrays[0]?.shape[1] ?? 0;
  const variances = Array.from({ length: columns }, (_, index) => {
    const values = arrays.flatMap((array) => column(array, index)).filter(Number.isFinite);
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
    return { index, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
  });
  variances.sort((a, b) => b.variance - a.variance || a.index - b.index);
  return variances
    .slice(0, count)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}
