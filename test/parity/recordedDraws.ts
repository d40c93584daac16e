import { mul, slice, type Tensor, transpose } from "@tensorflow/tfjs-core";
import type { Draws } from "../../src/random";
import type { Fixture } from "./fixture";

/** Drawn by the model in the order [bins, trials, ...]; the golden files have trials first. */
const TIME_MAJOR = new Set(["con_input", "con_factors", "gen_state"]);

/** The controller's input and the factors that it sees side by side, as they are recorded. */
const SIDE_BY_SIDE: Readonly<Record<string, string>> = { con_input: "con_input", con_factors: "con_input" };

/** Draws that repeat what lfads-torch drew. */
export function recordedDraws(fixture: Fixture, noise: "noise" | "noise_valid", session = 0): Draws {
  const recorded = (path: string, name: string, shape: readonly number[]): Tensor => {
    const values = fixture.tensor(path);
    const swapped = TIME_MAJOR.has(name) ? transpose(values, [1, 0, 2]) : values;
    const ordered = name in SIDE_BY_SIDE ? part(swapped, name, shape.at(-1)!) : swapped;
    if (`${ordered.shape}` !== `${shape}`) {
      throw new Error(`recordedDraws: ${path} has shape [${ordered.shape}], asked for [${shape}]`);
    }
    return ordered;
  };
  return {
    normal: (name, shape) => recorded(`${noise}/${name}`, name, shape),
    chiSquared: (name, shape) => recorded(`${noise}/${name}`, name, shape),
    bernoulli: (name, shape, _, value = 1) =>
      mul(
        recorded(
          name.startsWith("cd_") ? `mask/${name}/${session}` : `mask/dropout/${SIDE_BY_SIDE[name] ?? name}`,
          name,
          shape,
        ),
        value,
      ),
    integers: (name) => {
      throw new Error(`recordedDraws: no integers are recorded, asked for ${name}`);
    },
    // Augmentations draw from forks of their own; the recorded names tell them apart.
    fork: () => recordedDraws(fixture, noise, session),
  };
}

/** The first columns for the controller's input, the last for the factors. */
function part(both: Tensor, name: string, width: number): Tensor {
  const column = name === "con_input" ? 0 : both.shape[2]! - width;
  return slice(both, [0, 0, column], [-1, -1, width]);
}
