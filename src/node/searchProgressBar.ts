import { SingleBar } from "cli-progress";
import type { SearchProgress } from "../search";

/** A bar for `runPopulation`. */
export interface SearchProgressBar {
  /** To be given to `runPopulation` as `onProgress`. */
  readonly onProgress: (progress: SearchProgress) => void;
  /** Ends the bar; call it when `runPopulation` has returned. */
  stop(): void;
}

/** A progress bar over the members of each generation on a terminal; where the output is not one, a line for every generation. */
export function searchProgressBar(stream: NodeJS.WriteStream = process.stderr): SearchProgressBar {
  return stream.isTTY ? terminalBar(stream) : lines(stream);
}

function terminalBar(stream: NodeJS.WriteStream): SearchProgressBar {
  const format =
    "{bar} generation {generation}, {done}/{members} members | best {best} | {duration_formatted} | {running}";
  const bar = new SingleBar({ stream, format, barsize: 28, hideCursor: true, fps: 5 });
  let started = false;
  return {
    onProgress({ generation, done, members, running, best }) {
      const trained = running.map(({ epoch, epochs }) => Math.min(1, epoch / epochs));
      const value = done + trained.reduce((sum, part) => sum + part, 0);
      const payload = {
        ...{ generation, done, members, best: score(best?.score) },
        running: running.map(({ member, epoch, epochs }) => `${member}: ${epoch}/${epochs}`).join(", "),
      };
      if (!started) bar.start(members, value, payload);
      started = true;
      bar.setTotal(members);
      bar.update(value, payload);
    },
    stop: () => bar.stop(),
  };
}

function lines(stream: NodeJS.WriteStream): SearchProgressBar {
  return {
    onProgress({ generation, done, members, running, best }) {
      if (done < members || running.length > 0) return;
      stream.write(`generation ${generation}: ${members} members, best ${score(best?.score)}\n`);
    },
    stop: () => {},
  };
}

function score(value: number | null | undefined): string {
  return value === null || value === undefined ? "-" : value.toFixed(5);
}
