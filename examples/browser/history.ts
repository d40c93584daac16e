import type { Curve } from "./curves";
import type { EpochReport, Score } from "./messages";

/** The curves of a training, epoch by epoch. */
export class History {
  readonly #loss: EpochReport[] = [];
  readonly #scores: { readonly epoch: number; readonly scores: readonly Score[] }[] = [];

  addEpoch(report: EpochReport): void {
    this.#loss.push(report);
  }

  addScores(epoch: number, scores: readonly Score[]): void {
    this.#scores.push({ epoch, scores });
  }

  get loss(): Curve[] {
    const points = (split: "train" | "valid") =>
      this.#loss.map(({ epoch, loss }) => [epoch, loss[split]] as const);
    return [
      { name: "training", points: points("train") },
      { name: "validation", points: points("valid") },
    ];
  }

  get scores(): Curve[] {
    const names = this.#scores[0]?.scores.map(({ name }) => name) ?? [];
    return names.map((name) => ({
      name,
      points: this.#scores.flatMap(({ epoch, scores }) => {
        const score = scores.find((one) => one.name === name);
        return score ? [[epoch, score.value] as const] : [];
      }),
    }));
  }
}

/** Epochs a second since a training was started or resumed. */
export class Pace {
  #from: { readonly done: number; readonly at: number } | null = null;

  restart(): void {
    this.#from = null;
  }

  /** @param done epochs, with the part of the one under way */
  at(done: number, now = performance.now()): number | null {
    this.#from ??= { done, at: now };
    const [epochs, seconds] = [done - this.#from.done, (now - this.#from.at) / 1000];
    return epochs > 0 && seconds > 0.2 ? epochs / seconds : null;
  }
}
