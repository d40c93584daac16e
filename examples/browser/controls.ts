import { element } from "./elements";

/** What the page is doing: it decides on what can be pressed. */
export type Phase =
  | "loading"
  /** There is data, and no model. */
  | "ready"
  | "training"
  /** There is a model to go on with. */
  | "stopped"
  /** Results are being made. */
  | "saving";

const train = element("train", HTMLButtonElement);
const pause = element("pause", HTMLButtonElement);
const trial = ["trial", "previous", "next"].map((id) => element(id, HTMLElement) as HTMLButtonElement);
const downloads = document.querySelectorAll<HTMLButtonElement>("#downloads button");
const runsOn = [element("backend", HTMLSelectElement), element("threads", HTMLInputElement)];

/** Enables what makes sense in a phase, and keeps the focus on a button that can be pressed. */
export function showPhase(phase: Phase): void {
  const stopped = phase === "stopped";
  const focused = document.activeElement;
  train.disabled = phase !== "ready" && !stopped;
  train.textContent = stopped || phase === "saving" ? "Start over" : "Train";
  pause.disabled = phase !== "training" && !stopped;
  pause.textContent = stopped || phase === "saving" ? "Resume" : "Pause";
  for (const control of trial) control.disabled = phase === "loading";
  for (const button of downloads) button.disabled = !stopped;
  for (const control of runsOn) control.disabled = phase === "training" || phase === "saving";
  if (focused === train && train.disabled) pause.focus();
}
