import { element } from "./elements";

/** A number and two buttons that choose a validation trial; readers count from 1, programs from 0. */
export class TrialPicker {
  readonly #input = element("trial", HTMLInputElement);
  readonly #note = element("trial-count", HTMLElement);

  constructor(onChoice: (trial: number) => void) {
    const choose = (number: number) => {
      if (number >= 1 && number <= Number(this.#input.max)) onChoice(number - 1);
    };
    this.#input.addEventListener("input", () => choose(this.#input.valueAsNumber));
    for (const [id, step] of [
      ["previous", -1],
      ["next", 1],
    ] as const) {
      element(id, HTMLButtonElement).addEventListener("click", () =>
        choose(Number(this.#input.value) + step),
      );
    }
  }

  set count(count: number) {
    this.#input.max = String(count);
    this.#note.textContent = `of ${count}`;
  }

  set trial(trial: number) {
    this.#input.value = String(trial + 1);
  }
}
