import reachUrl from "../data/macaque_reach_day31_20ms.h5?url";
import s1Url from "../data/s1_reach_50ms.h5?url";
import { element } from "./elements";
import { LORENZ, RECORDING, type Settings } from "./settings";
import type { Source } from "./sources";

const SHIPPED: Readonly<Record<string, string>> = { s1: s1Url, reach: reachUrl };

/** Data that was chosen, with settings that suit it. */
export interface Choice {
  readonly source: () => Promise<Source>;
  readonly settings: Settings;
}

interface Chosen {
  readonly value: string;
  readonly file: File | undefined;
}

/** Radio buttons, a file input, and the whole page as a place to drop files. */
export class DataChooser {
  readonly #sources = element("sources", HTMLFieldSetElement);
  readonly #input = element("file", HTMLInputElement);
  readonly #name = element("file-name", HTMLElement);
  readonly #layout = this.#name.textContent;
  readonly #onChoice: (choice: Choice) => void;
  #accepted: Chosen = { value: "lorenz", file: undefined };
  #chosen: Chosen = this.#accepted;

  /** @param onRefused a file was dropped while nothing can be chosen */
  constructor(onChoice: (choice: Choice) => void, onRefused: () => void) {
    this.#onChoice = onChoice;
    for (const radio of this.#sources.querySelectorAll<HTMLInputElement>("input[type=radio]")) {
      radio.addEventListener("change", () => this.#choose({ value: radio.value, file: this.#accepted.file }));
    }
    const take = (file: File | undefined) => file && this.#choose({ value: "file", file });
    this.#input.addEventListener("change", () => take(this.#input.files?.[0]));
    const mark = (on: boolean) => document.body.classList.toggle("dragging", on);
    addEventListener("dragover", (event) => {
      event.preventDefault();
      mark(!this.#sources.disabled);
    });
    addEventListener("dragleave", ({ relatedTarget }) => relatedTarget === null && mark(false));
    addEventListener("drop", (event) => {
      event.preventDefault();
      mark(false);
      if (this.#sources.disabled) onRefused();
      else take(event.dataTransfer?.files[0]);
    });
  }

  /** Chooses what stands first. */
  begin(): void {
    this.#choose(this.#accepted);
  }

  set disabled(disabled: boolean) {
    this.#sources.disabled = disabled;
  }

  /** The data of the last choice is there; or it is not, and what was there before still is. */
  settle(accepted: boolean): void {
    if (accepted) this.#accepted = this.#chosen;
    this.#display(this.#accepted);
  }

  #choose(chosen: Chosen): void {
    const { value, file } = chosen;
    if (value === "file" && !file) {
      this.#input.focus();
      return;
    }
    this.#chosen = chosen;
    this.#display(chosen);
    const url = SHIPPED[value];
    if (url) this.#onChoice({ source: () => shipped(url), settings: RECORDING });
    else if (value === "file") this.#onChoice({ source: () => own(file!), settings: RECORDING });
    else this.#onChoice({ source: async () => ({ type: "lorenz" }), settings: LORENZ });
  }

  #display({ value, file }: Chosen): void {
    this.#sources.querySelector<HTMLInputElement>(`input[value="${value}"]`)!.checked = true;
    this.#name.textContent = file?.name ?? this.#layout;
  }
}

async function shipped(url: string): Promise<Source> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the recording could not be fetched, status ${response.status}`);
  return { type: "file", bytes: new Uint8Array(await response.arrayBuffer()) };
}

async function own(file: File): Promise<Source> {
  return { type: "file", bytes: new Uint8Array(await file.arrayBuffer()) };
}
