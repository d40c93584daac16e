import { add, dispose, slice, Tensor, tidy } from "@tensorflow/tfjs-core";
import { type Batch, trialsOf } from "../augmentations/batch";
import type { Parameters } from "../modules";
import type { Draws } from "../random";

/** What is computed for some trials: numbers that add up, and gradients that do. */
export interface Computed {
  readonly parts: Tensor;
  readonly gradients: Parameters;
}

/**
 * Sums of what `compute` returns for chunks of the trials of a batch, so that no more than `trialsAtOnce` are held in memory.
 *
 * @param batches of all sessions
 * @param draws passed on where all trials come at once; otherwise every chunk gets a fork
 */
export function sumOverChunks(
  batches: readonly Batch[],
  trialsAtOnce: number,
  draws: Draws,
  compute: (chunk: readonly Batch[], draws: Draws) => Computed,
): Computed {
  const total = trialsOf(batches);
  if (total <= trialsAtOnce) return compute(batches, draws);
  const starts = Array.from({ length: Math.ceil(total / trialsAtOnce) }, (_, i) => i * trialsAtOnce);
  return starts.reduce<Computed | null>((before, start, i) => {
    const sum = tidy(() => {
      const chunk = takeRows(batches, start, Math.min(start + trialsAtOnce, total));
      const { parts, gradients } = compute(chunk, draws.fork(`chunk/${i}`));
      if (!before) return { parts, gradients };
      return { parts: add(before.parts, parts), gradients: addByName(before.gradients, gradients) };
    });
    if (before) dispose([before.parts, ...Object.values(before.gradients)]);
    return sum;
  }, null)!;
}

/** Trials `from` to `to` of batches that follow each other; those without any are left out. */
function takeRows(batches: readonly Batch[], from: number, to: number): Batch[] {
  let before = 0;
  return batches.flatMap((batch) => {
    const trials = trialsOf([batch]);
    const [first, last] = [from - before, to - before].map((row) => Math.min(Math.max(row, 0), trials));
    before += trials;
    if (first === last) return [];
    const rows = Object.entries(batch).map(([name, value]) => [
      name,
      value instanceof Tensor ? slice(value, first!, last! - first!) : value,
    ]);
    return [Object.fromEntries(rows) as Batch];
  });
}

/** Sums of tensors of the same name, and copies of those that only one of the two has. */
function addByName(a: Parameters, b: Parameters): Parameters {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const sums = names.map((name) => [
    name,
    a[name] && b[name] ? add(a[name], b[name]) : (a[name] ?? b[name])!.clone(),
  ]);
  return Object.fromEntries(sums) as Parameters;
}
