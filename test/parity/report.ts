import { dispose, keep, type Tensor } from "@tensorflow/tfjs-core";
import type { Fixture, Values } from "./fixture";

/**
 * Kinds of quantities and their bounds: relative to the largest value; absolute for parameters, and for bits per spike and
 * R2, which are differences of much larger numbers.
 */
const BOUNDS = {
  outputs: 1e-5,
  losses: 1e-5,
  metrics: 1e-5,
  gradients: 1e-5,
  "parameters after 1 step": 2e-5,
  "parameters after 10 steps": 2e-5,
} as const;

export type Kind = keyof typeof BOUNDS;

/** Largest error of each kind of quantity in one file, complete once {@link settle} is done. */
export class Report {
  readonly worst = new Map<Kind, { error: number; name: string }>();
  readonly problems: string[] = [];
  readonly #unread: { tensors: readonly Tensor[]; use: (values: Values[]) => void }[] = [];

  constructor(readonly fixture: Fixture) {}

  /**
   * Compares with the golden tensor `name`.
   * @param scale what the error is relative to; by default the largest golden value
   */
  compare(kind: Kind, name: string, actual: Tensor | number | Values, scale?: number): void {
    if (typeof actual === "number") this.#compare(kind, name, { data: [actual], shape: [] }, scale);
    else if ("dataId" in actual)
      this.later([actual], ([values]) => this.#compare(kind, name, values!, scale));
    else this.#compare(kind, name, actual, scale);
  }

  /** Reads tensors when everything has been computed: a backend on a GPU cannot be waited for in between. */
  later(tensors: readonly Tensor[], use: (values: Values[]) => void): void {
    this.#unread.push({ tensors: tensors.map((x) => keep(x.clone())), use });
  }

  async settle(): Promise<void> {
    for (const { tensors, use } of this.#unread.splice(0)) {
      use(await Promise.all(tensors.map(async (x) => ({ data: await x.data<"float32">(), shape: x.shape }))));
      dispose([...tensors]);
    }
  }

  #compare(kind: Kind, name: string, values: Values, scale?: number): void {
    const golden = this.fixture.expected(name);
    if (`${values.shape}` !== `${golden.shape}`) {
      this.problems.push(`${name}: shape [${values.shape}], golden [${golden.shape}]`);
      return;
    }
    let difference = 0;
    let largest = 0;
    for (let i = 0; i < golden.data.length; i++) {
      const want = golden.data[i]!;
      const got = values.data[i]!;
      if (Object.is(want, got) || (Number.isNaN(want) && Number.isNaN(got))) continue;
      const gap = Math.abs(want - got);
      difference = Math.max(difference, Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap);
      largest = Math.max(largest, Math.abs(want));
    }
    for (const value of Array.from(golden.data)) {
      if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
    }
    const error = difference === 0 ? 0 : difference / (scale ?? (largest || 1));
    if (!(error <= (this.worst.get(kind)?.error ?? -1))) this.worst.set(kind, { error, name });
  }

  /**
   * Names of what misses its bound, golden tensors that were not compared, and other problems.
   * @param slack factor of the bounds
   */
  misses(inputs: readonly string[], slack = 1): string[] {
    return [
      ...this.problems,
      ...[...this.worst].flatMap(([kind, { error, name }]) =>
        error <= slack * BOUNDS[kind]
          ? []
          : [`${kind}: ${error.toExponential(1)} > ${slack * BOUNDS[kind]} at ${name}`],
      ),
      ...this.fixture.forgotten(inputs).map((name) => `${name}: not compared`),
    ];
  }

  toString(): string {
    return (Object.keys(BOUNDS) as Kind[])
      .flatMap((kind) => {
        const worst = this.worst.get(kind);
        return worst ? [`${kind} ${worst.error.toExponential(1)}`] : [];
      })
      .join(", ");
  }
}
