import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { padded, written } from "../report/numbers";
import { color, font, onThemeChange } from "./theme";

/** A line of a plot over epochs: `[epoch, value]`. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [epoch: number, value: number])[];
}

/** Lines over epochs, live, with a key that tells the newest values or those under the pointer. */
export class Curves {
  readonly #plotted = document.createElement("div");
  readonly #key = document.createElement("p");
  readonly #title: string;
  readonly #floor: number;
  #plot: uPlot | null = null;
  #curves: readonly Curve[] = [];

  /** @param floor the least value that is drawn */
  constructor(target: HTMLElement, title: string, unit: string, floor = -Infinity) {
    this.#title = title;
    this.#floor = floor;
    const figure = document.createElement("figure");
    figure.className = "curve";
    const name = document.createElement("p");
    name.className = "name";
    name.textContent = `${title} (${unit})`;
    this.#key.className = "key";
    this.#plotted.className = "plot";
    this.#plotted.role = "img";
    figure.append(name, this.#key, this.#plotted);
    target.append(figure);
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(this.#plotted);
    onThemeChange(() => this.#plot?.redraw());
    this.show([]);
  }

  show(curves: readonly Curve[]): void {
    const same = curves.map(({ name }) => name).join() === this.#curves.map(({ name }) => name).join();
    this.#curves = curves;
    if (!same || !this.#plot) {
      this.#plot?.destroy();
      this.#plot = new uPlot(this.#options(), this.#data(), this.#plotted);
    } else this.#plot.setData(this.#data());
    this.#tell(null);
    const ends = curves.map(({ name, points }) => `${name} ${written(points.at(-1)?.[1] ?? Number.NaN)}`);
    const epoch = Math.max(0, ...curves.map(({ points }) => points.at(-1)?.[0] ?? 0));
    this.#plotted.ariaLabel = epoch
      ? `${this.#title} up to epoch ${epoch}, now: ${ends.join(", ")}`
      : `${this.#title}: no epoch yet`;
  }

  /** All curves on the epochs of any. */
  #data(): uPlot.AlignedData {
    const tables = this.#curves.map(({ points }) => new Map(points));
    const epochs = [...new Set(tables.flatMap((table) => [...table.keys()]))].sort((a, b) => a - b);
    return [epochs, ...tables.map((table) => epochs.map((epoch) => table.get(epoch) ?? null))];
  }

  #tell(index: number | null): void {
    const [epochs = [], ...columns] = this.#data();
    const parts = this.#curves.map(({ name, points }, i) => {
      const item = document.createElement("span");
      const line = document.createElement("i");
      line.style.borderColor = `var(--c${i + 1})`;
      const value = index === null ? points.at(-1)?.[1] : columns[i]![index];
      item.append(line, value == null ? name : `${name} ${written(value)}`);
      return item;
    });
    const at = index === null ? [] : [`epoch ${epochs[index]}`];
    this.#key.replaceChildren(...parts, ...at);
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(this.#plotted.clientWidth, 100), height: 230 };
  }

  #options(): uPlot.Options {
    const axis: uPlot.Axis = {
      stroke: () => color("muted"),
      font: font(11),
      grid: { stroke: () => color("grid"), width: 1 },
      ticks: { show: false },
    };
    const wholes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
    return {
      ...this.#size(),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: {
        x: { time: false, range: (_, low, high) => [Math.min(low ?? 0, 1), Math.max(high ?? 0, 10)] },
        y: {
          range: (_, low, high) =>
            padded([Math.max(low ?? 0, this.#floor), Math.max(high ?? 1, this.#floor)]),
        },
      },
      axes: [
        { ...axis, incrs: wholes, label: "epoch", labelFont: font(11), labelSize: 18, size: 28 },
        { ...axis, size: 48, values: (_, ticks) => ticks.map((tick) => written(tick)) },
      ],
      series: [
        {},
        ...this.#curves.map(({ name }, i) => ({
          label: name,
          stroke: () => color(`c${i + 1}`),
          width: 2,
          spanGaps: true,
          points: { show: false },
        })),
      ],
      hooks: { setCursor: [({ cursor }) => this.#tell(cursor.idx ?? null)] },
    };
  }
}
