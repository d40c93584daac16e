/** States and slopes of the last steps of an integration, from which those between steps are interpolated. */
export class History {
  readonly #now: Float64Array;
  readonly #start: Float64Array;
  readonly #step: number;
  readonly #slots: number;
  readonly #states: Float64Array;
  readonly #slopes: Float64Array;

  /** @param span how far back it must reach */
  constructor(start: Float64Array, step: number, span: number) {
    this.#start = start.slice();
    this.#now = start.slice();
    this.#step = step;
    this.#slots = Math.ceil(span / step) + 3;
    this.#states = new Float64Array(this.#slots * start.length);
    this.#slopes = new Float64Array(this.#slots * start.length);
  }

  record(step: number, state: ArrayLike<number>, slope: ArrayLike<number>): void {
    const at = (step % this.#slots) * this.#start.length;
    this.#states.set(state, at);
    this.#slopes.set(slope, at);
  }

  /** State `steps` after time 0, a fraction included, by cubic Hermite interpolation; `start` before that. The next call overwrites it. */
  at(steps: number): Float64Array {
    if (steps <= 0) return this.#start;
    const size = this.#start.length;
    const left = Math.floor(steps);
    const s = steps - left;
    const [a, b] = [(left % this.#slots) * size, ((left + 1) % this.#slots) * size];
    for (let i = 0; i < size; i++) {
      const [x0, x1] = [this.#states[a + i]!, this.#states[b + i]!];
      const [d0, d1] = [this.#step * this.#slopes[a + i]!, this.#step * this.#slopes[b + i]!];
      const rise = x1 - x0;
      this.#now[i] = x0 + s * (d0 + s * (3 * rise - 2 * d0 - d1 + s * (d0 + d1 - 2 * rise)));
    }
    return this.#now;
  }
}
