import type { Dataset, LFADS, Progress, TrainingState, TrialSet } from "lfads";
import { firstTrials } from "./firstTrials";
import { type Look, lookAt } from "./look";
import type { Backend, Reply, Request, RunsOn } from "./messages";
import { factsOf, trialPicture } from "./pictures";
import { resultFiles } from "./results";
import type { Settings } from "./settings";
import { loadSource } from "./sources";
import { createModel, train } from "./training";

/** Validation trials that are shown at most. */
const SHOWN = 400;
/** Milliseconds between two looks at a model that trains. */
const LOOK_EVERY = 500;

/** A backend that runs now. */
export interface Running extends RunsOn {
  /** Resolves, with what happened, when the backend is gone. */
  readonly lost: Promise<string>;
}

interface Training {
  readonly model: LFADS;
  readonly running: Running;
  settings: Settings;
  state: TrainingState | undefined;
}

class BackendLost extends Error {}

/** Loads data, trains a model and shows it, as the page asks: what a worker does, on any platform. */
export class Studio {
  #work: Promise<void> = Promise.resolve();
  #abort = new AbortController();
  #data: { readonly all: Dataset; readonly shown: TrialSet } | null = null;
  #training: Training | null = null;
  #look: Look | null = null;
  #looked = 0;
  #trial = 0;

  constructor(
    readonly reply: (reply: Reply) => void,
    readonly useBackend: (backend: Backend, threads: number) => Promise<Running>,
  ) {}

  /** Pauses and shows trials at once; does everything else after what it was asked for before. */
  handle(request: Request): void {
    if (request.type === "pause") this.#abort.abort();
    else if (request.type === "show") this.#show(request.trial);
    else {
      if (request.type !== "results") this.#abort.abort();
      const abort = new AbortController();
      this.#abort = abort;
      this.#work = this.#work.then(async () => {
        try {
          await this.#do(request, abort.signal);
        } catch (error) {
          const lost = error instanceof BackendLost;
          this.reply({ type: "failed", doing: request.type, message: (error as Error).message, lost });
        }
      });
    }
  }

  async #do(request: Exclude<Request, { type: "pause" | "show" }>, signal: AbortSignal): Promise<void> {
    if (request.type === "load") {
      const all = await loadSource(request.source);
      this.#forget();
      this.#data = { all, shown: firstTrials(all.valid, SHOWN) };
      this.#trial = 0;
      this.reply({ type: "loaded", facts: factsOf(all, this.#data.shown.encode.shape[0]!) });
      this.#show(0);
    } else if (request.type === "start") {
      const { all } = this.#loaded();
      this.#forget();
      const running = await this.useBackend(request.backend, request.threads);
      const { backend, path, threads } = running;
      this.reply({ type: "running", backend, path, threads });
      const { settings } = request;
      this.#training = { model: createModel(all, settings), running, settings, state: undefined };
      await this.#train(this.#training, signal);
    } else if (request.type === "resume") {
      const training = this.#trained();
      training.settings = request.settings;
      await this.#train(training, signal);
    } else {
      const { model, settings, state } = this.#trained();
      const files = await resultFiles(model, this.#loaded().all, settings, state!);
      this.reply({ type: "results", files });
    }
  }

  async #train(training: Training, signal: AbortSignal): Promise<void> {
    const { model, settings, running, state: resume } = training;
    const lost = running.lost.then((message): never => {
      throw new BackendLost(message);
    });
    const onProgress = (progress: Progress) => this.#report(model, progress);
    const work = train(model, this.#loaded().all, settings, {
      onProgress,
      signal,
      ...(resume && { resume }),
    });
    const { state, best, stopReason } = await Promise.race([work, lost]);
    training.state = state;
    if (best) await this.#lookAt(model, best.epoch + 1, true);
    this.reply({
      type: "stopped",
      reason: stopReason,
      epoch: state.epoch,
      best: best && best.epoch + 1,
      skipped: state.skipped.total,
    });
  }

  async #report(model: LFADS, { epoch, batch, batches, last }: Progress): Promise<void> {
    this.reply({ type: "progress", done: epoch + batch / batches });
    if (batch > 0 || !last) return;
    const { train, valid, learningRate } = last;
    const loss = { train: train.reconstruction, valid: valid.reconstruction };
    this.reply({ type: "epoch", epoch, loss, learningRate });
    if (performance.now() - this.#looked > LOOK_EVERY) await this.#lookAt(model, epoch, false);
  }

  async #lookAt(model: LFADS, epoch: number, best: boolean): Promise<void> {
    this.#look = await lookAt(model, this.#loaded().shown, this.#look);
    const { scores, factors } = this.#look;
    this.reply({ type: "scores", epoch, best, scores });
    this.reply({ type: "factors", picture: factors });
    this.#show(this.#trial);
    this.#looked = performance.now();
  }

  #show(trial: number): void {
    if (!this.#data) return;
    this.#trial = Math.min(Math.max(trial, 0), this.#data.shown.encode.shape[0]! - 1);
    this.reply({ type: "trial", picture: trialPicture(this.#data.all, this.#trial, this.#look?.rates) });
  }

  #forget(): void {
    this.#training?.model.dispose();
    this.#training = null;
    this.#look = null;
  }

  #loaded(): { readonly all: Dataset; readonly shown: TrialSet } {
    if (!this.#data) throw new Error("there is no data yet");
    return this.#data;
  }

  #trained(): Training {
    if (!this.#training?.state) throw new Error("there is no training to go on from");
    return this.#training;
  }
}
