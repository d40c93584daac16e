import { written } from "../report/numbers";
import { element } from "./elements";
import type { Backend, DataFacts, Reply, RunsOn, Score } from "./messages";

const NAMES: Readonly<Record<Backend, string>> = {
  wasm: "WebAssembly",
  cpu: "CPU",
  webgl: "WebGL",
  webgpu: "WebGPU",
};

export function showStatus(text: string): void {
  element("status", HTMLElement).textContent = text;
}

/** @param text "" for none */
export function showError(text: string): void {
  const error = element("error", HTMLElement);
  error.textContent = text;
  error.hidden = text === "";
}

export function showBackends(select: HTMLSelectElement, backends: readonly Backend[]): void {
  const before = select.value;
  select.replaceChildren(...backends.map((name) => new Option(NAMES[name], name, false, name === before)));
}

export function showFacts({ trials, bins, binMs, heldIn, channels }: DataFacts): void {
  const width = binMs === undefined ? "of unknown width" : `of ${written(binMs)} ms`;
  const heldOut = channels > heldIn ? `, ${channels - heldIn} of them held out` : "";
  element("facts", HTMLElement).textContent =
    `${trials.train} training and ${trials.valid} validation trials of ${bins} bins ${width}; ${channels} channels${heldOut}`;
}

export function showRunsOn({ backend, path, threads }: RunsOn): void {
  const kernels = path === "composed" ? "plain operations" : `${path} kernels`;
  const inThreads = path === "composed" ? "" : `, ${threads} ${threads === 1 ? "thread" : "threads"}`;
  element("runs-on", HTMLElement).textContent = `${backend}, ${kernels}${inThreads}`;
}

/** @param pace epochs a second, if it is known */
export function showPace(done: number, epochs: number, pace: number | null): void {
  Object.assign(element("progress", HTMLProgressElement), { max: epochs, value: done });
  const left = pace && (epochs - done) / pace;
  element("pace", HTMLElement).textContent = [
    done > 0 ? `${Math.floor(done)} of ${epochs} epochs` : "No epoch yet",
    ...(pace ? [`${written(Number(pace.toPrecision(2)))} epochs/s`] : []),
    ...(left ? [`${duration(left)} left`] : []),
  ].join(" · ");
}

/** @param epoch after which the scores were taken, of the best weights or of those of then */
export function showScores(scores: readonly Score[], epoch = 0, best = false): void {
  const tiles = scores.map(({ name, value }) => {
    const tile = document.createElement("div");
    tile.append(
      Object.assign(document.createElement("dt"), { textContent: name }),
      Object.assign(document.createElement("dd"), { textContent: value.toFixed(3).replace("-", "−") }),
    );
    return tile;
  });
  element("scores", HTMLElement).replaceChildren(...tiles);
  element("scores-note", HTMLElement).textContent =
    scores.length > 0 ? `Validation trials, ${best ? "best epoch" : "epoch"} ${epoch}` : "";
}

/** How a training ended, in a sentence. */
export function describeStop({ reason, epoch, best, skipped }: Extract<Reply, { type: "stopped" }>): string {
  const how: Readonly<Record<string, string>> = {
    aborted: `Paused after ${epochs(epoch)}`,
    converged: `Converged after ${epochs(epoch)}`,
    epochs: `Done after ${epochs(epoch)}`,
    "not finite": `Stopped after ${epochs(epoch)}: losses or gradients were not finite`,
  };
  const left = skipped > 0 ? `, ${skipped} updates left out` : "";
  return `${how[reason]}${best ? `, best: epoch ${best}` : ""}${left}`;
}

function epochs(count: number): string {
  return `${count} ${count === 1 ? "epoch" : "epochs"}`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
