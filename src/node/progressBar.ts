import { SingleBar } from "cli-progress";
import type { Progress } from "../train";

/** A bar for `fit`. */
export interface ProgressBar {
  /** To be given to `fit` as `onProgress`. */
  readonly onProgress: (progress: Progress) => void;
  /** Ends the bar; call it when `fit` has returned. */
  stop(): void;
}

/** Epochs between two lines where the output is not a terminal. */
const LINE_EVERY = 10;

/** A progress bar on a terminal; where the output is not one, a line every ten epochs. */
export function progressBar(stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  return stream.isTTY ? terminalBar(stream) : lines(stream);
}

function terminalBar(stream: NodeJS.WriteStream): ProgressBar {
  const format =
    "{bar} epoch {epoch}/{epochs} | validation {score} | {duration_formatted}, {eta_formatted} to go";
  const bar = new SingleBar({ stream, format, barsize: 28, hideCursor: true, etaBuffer: 50, fps: 5 });
  let started = false;
  return {
    onProgress({ epoch, epochs, batch, batches, last }) {
      const payload = { epoch: Math.min(epoch + 1, epochs), epochs, score: score(last?.smoothedScore) };
      if (!started) bar.start(epochs * batches, epoch * batches + batch, payload); // a resumed training is not at 0
      started = true;
      bar.update(epoch * batches + batch, payload);
    },
    stop: () => bar.stop(),
  };
}

function lines(stream: NodeJS.WriteStream): ProgressBar {
  return {
    onProgress({ epoch, epochs, batch, last }) {
      if (batch > 0 || !last || epoch % LINE_EVERY !== 0) return;
      stream.write(`epoch ${epoch}/${epochs}: validation ${score(last.smoothedScore)}\n`);
    },
    stop: () => {},
  };
}

function score(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(5);
}
