import "./style.css";
import { type Choice, DataChooser } from "./chooser";
import { Client } from "./client";
import { type Phase, showPhase } from "./controls";
import { Curves } from "./curves";
import { download } from "./download";
import { element } from "./elements";
import { FactorsView } from "./factorsView";
import { SettingsForm } from "./form";
import { History, Pace } from "./history";
import type { Backend, Reply } from "./messages";
import { resumed, type Settings } from "./settings";
import { TrialPicker } from "./trialPicker";
import { TrialView } from "./trialView";
import {
  describeStop,
  showBackends,
  showError,
  showFacts,
  showPace,
  showRunsOn,
  showScores,
  showStatus,
} from "./words";

const setup = element("setup", HTMLFormElement);
const pause = element("pause", HTMLButtonElement);
const form = new SettingsForm(element("settings", HTMLDivElement));
const backend = element("backend", HTMLSelectElement);
const threads = element("threads", HTMLInputElement);
const curves = element("curves", HTMLDivElement);
const lossCurves = new Curves(curves, "Reconstruction loss", "nats per bin and channel");
const scoreCurves = new Curves(curves, "Scores", "validation trials", -0.2);
const trialView = new TrialView(element("trial-canvas", HTMLCanvasElement), element("heat-key", HTMLElement));
const factorsView = new FactorsView(
  element("factors-canvas", HTMLCanvasElement),
  element("turn", HTMLInputElement),
  element("hue-note", HTMLElement),
);
const picker = new TrialPicker((trial) => client.ask({ type: "show", trial }));

let phase: Phase = "loading";
/** To come back to where loading fails. */
let phaseBefore: Phase = "loading";
let begun: Settings | null = null;
let history = new History();
const pace = new Pace();
/** Name of the file that results are made for. */
let wanted = "";

const client = new Client(handle);
let latest: Choice;
const chooser = new DataChooser(
  async (choice) => {
    latest = choice;
    showError("");
    if (phase !== "loading") phaseBefore = phase;
    enter("loading", "Loading …");
    try {
      const source = await choice.source();
      if (choice === latest) client.ask({ type: "load", source });
    } catch (error) {
      handle({ type: "failed", doing: "load", message: (error as Error).message, lost: false });
    }
  },
  () => showError("Pause the training before you load other data."),
);

function enter(next: Phase, status: string): void {
  phase = next;
  showPhase(next);
  const busy = next === "training" || next === "saving";
  form.locked = busy;
  chooser.disabled = busy;
  showStatus(status);
}

const replies: { readonly [T in Reply["type"]]: (reply: Extract<Reply, { type: T }>) => void } = {
  ready: ({ backends }) => showBackends(backend, backends),
  loaded({ facts }) {
    begun = null;
    chooser.settle(true);
    form.write(latest.settings);
    showFacts(facts);
    picker.count = facts.shown;
    forget();
    enter("ready", "Ready to train");
  },
  running(runsOn) {
    showRunsOn(runsOn);
    showStatus("Training");
  },
  progress: ({ done }) => showPace(done, begun!.epochs, pace.at(done)),
  epoch(report) {
    history.addEpoch(report);
    lossCurves.show(history.loss);
  },
  scores({ epoch, best, scores }) {
    showScores(scores, epoch, best);
    if (best) return;
    history.addScores(epoch, scores);
    scoreCurves.show(history.scores);
  },
  trial({ picture }) {
    picker.trial = picture.trial;
    trialView.show(picture);
    factorsView.choose(picture.trial);
  },
  factors: ({ picture }) => factorsView.show(picture),
  stopped: (stop) => enter("stopped", describeStop(stop)),
  results({ files }) {
    download(files.find(({ name }) => name === wanted)!);
    enter("stopped", `Saved ${wanted}`);
  },
  failed({ doing, message, lost }) {
    if (doing === "load") chooser.settle(false);
    if (lost) enter("loading", "Starting again …");
    else if (doing === "load") enter(phaseBefore, "Nothing was loaded");
    else if (doing === "start") enter("ready", "The training did not start");
    else enter("stopped", "That did not work");
    showError(message);
  },
};

function handle(reply: Reply): void {
  (replies[reply.type] as (reply: Reply) => void)(reply);
}

/** Clears what is known of a training. */
function forget(): void {
  history = new History();
  lossCurves.show(history.loss);
  scoreCurves.show([]);
  factorsView.show(null);
  showScores([]);
  showPace(0, 1, null);
}

function go(settings: Settings): void {
  begun = settings;
  pace.restart();
  showError("");
}

setup.addEventListener("submit", (event) => {
  event.preventDefault();
  if (phase !== "ready" && phase !== "stopped") return;
  forget();
  go(form.read());
  enter("training", `Starting ${backend.value} …`);
  client.ask({
    type: "start",
    backend: backend.value as Backend,
    threads: threads.valueAsNumber,
    settings: begun!,
  });
});

pause.addEventListener("click", () => {
  if (phase === "training") {
    showStatus("Pausing after this batch …");
    client.ask({ type: "pause" });
    return;
  }
  if (!setup.reportValidity()) return;
  go(resumed(begun!, form.read()));
  form.write(begun!);
  enter("training", "Training");
  client.ask({ type: "resume", settings: begun! });
});

for (const button of element("downloads", HTMLDivElement).querySelectorAll("button")) {
  button.addEventListener("click", () => {
    wanted = button.dataset.file!;
    enter("saving", "Averaging over posterior samples …");
    client.ask({ type: "results" });
  });
}

threads.value = String(navigator.hardwareConcurrency);
chooser.begin();
