import { readFileSync } from "node:fs";
import type { SearchDraws } from "../../src/search/draws";
import type { Job, Scheduler } from "../../src/search/scheduler";
import { Fixture } from "../parity/fixture";

/** Traces of lfads-torch. */
export const tune = new Fixture(
  "15_tune",
  readFileSync(new URL("../fixtures/lfads-torch/15_tune.safetensors", import.meta.url)),
);

/** Draws that were recorded; what is left over, or missing, is an error. */
export function recorded(given: {
  readonly uniforms?: readonly number[];
  readonly integers?: readonly number[];
  readonly permutations?: readonly (readonly number[])[];
}): SearchDraws & { readonly left: () => number } {
  const uniforms = [...(given.uniforms ?? [])];
  const integers = [...(given.integers ?? [])];
  const permutations = [...(given.permutations ?? [])];
  const next = <T>(queue: T[]): T => {
    if (queue.length === 0) throw new Error("more draws than were recorded");
    return queue.shift()!;
  };
  return {
    uniform: () => next(uniforms),
    integer: () => next(integers),
    permutation: () => next(permutations),
    left: () => uniforms.length + integers.length + permutations.length,
  };
}

/** All states of a search that is told scores in the order of the members. */
export function play<State>(search: Scheduler<State>, score: (job: Job) => number): State[] {
  let state = search.start();
  const states = [state];
  while (search.ended(state) === null) {
    for (const job of search.ask(state)) {
      const { member, generation } = job;
      state = search.tell(state, { member, generation, score: score(job) });
      states.push(state);
    }
  }
  return states;
}
