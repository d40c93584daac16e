import { FIELDS, type Field, type Settings } from "./settings";

const GROUPS = { model: "Model", training: "Training", regularisation: "Regularisation" } as const;
const NAMES = Object.keys(FIELDS) as (keyof Settings)[];

/** Labelled number inputs for all settings, in groups that open and close. */
export class SettingsForm {
  readonly #inputs: Readonly<Record<keyof Settings, HTMLInputElement>>;

  constructor(target: HTMLElement) {
    const wide = matchMedia("(min-width: 821px)").matches;
    const entries = NAMES.map((name) => [name, inputOf(name, FIELDS[name])] as const);
    this.#inputs = Object.fromEntries(entries) as Record<keyof Settings, HTMLInputElement>;
    for (const [group, title] of Object.entries(GROUPS)) {
      const details = document.createElement("details");
      details.open = wide;
      const summary = document.createElement("summary");
      summary.textContent = title;
      const fields = document.createElement("div");
      fields.className = "fields";
      for (const name of NAMES.filter((name) => FIELDS[name].group === group)) {
        const label = document.createElement("label");
        label.append(FIELDS[name].label, this.#inputs[name]);
        fields.append(label);
      }
      details.append(summary, fields);
      target.append(details);
    }
  }

  read(): Settings {
    const entries = NAMES.map((name) => [name, this.#inputs[name].valueAsNumber]);
    return Object.fromEntries(entries) as Record<keyof Settings, number>;
  }

  write(settings: Settings): void {
    for (const name of NAMES) this.#inputs[name].value = String(settings[name]);
  }

  set locked(locked: boolean) {
    for (const input of Object.values(this.#inputs)) input.disabled = locked;
  }
}

function inputOf(name: string, { min, max, step }: Field): HTMLInputElement {
  const input = document.createElement("input");
  Object.assign(input, { type: "number", name, min: String(min), step: String(step), required: true });
  if (max !== undefined) input.max = String(max);
  return input;
}
