import { quantile } from "../report/numbers";
import type { FactorPicture } from "./messages";
import { type Rotation, turnBy, turned } from "./rotation";
import { Sheet } from "./sheet";
import { color, font } from "./theme";

/** Radians of an arrow key, of a pixel of dragging, and of a second of turning. */
const STEP = { key: Math.PI / 24, pixel: 0.008, second: 0.25 };

const ARROWS: Readonly<Record<string, readonly [right: number, up: number]>> = {
  ArrowLeft: [-STEP.key, 0],
  ArrowRight: [STEP.key, 0],
  ArrowUp: [0, STEP.key],
  ArrowDown: [0, -STEP.key],
};

/** Trajectories of trials in three dimensions, turned by the pointer, by arrow keys, or slowly by themselves. */
export class FactorsView {
  readonly #sheet: Sheet;
  readonly #canvas: HTMLCanvasElement;
  readonly #hueNote: HTMLElement;
  #picture: FactorPicture | null = null;
  #chosen = 0;
  #rotation: Rotation = { azimuth: 0.7, elevation: 0.45 };
  #turning = false;

  constructor(canvas: HTMLCanvasElement, turn: HTMLInputElement, hueNote: HTMLElement) {
    this.#canvas = canvas;
    this.#hueNote = hueNote;
    this.#sheet = new Sheet(canvas, (context, width, height) => this.#paint(context, width, height));
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) this.#turn(-event.movementX * STEP.pixel, event.movementY * STEP.pixel);
    });
    canvas.addEventListener("pointerdown", ({ pointerId }) => canvas.setPointerCapture(pointerId));
    canvas.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      this.#turn(...arrow);
    });
    // Nothing moves unless it is asked to.
    turn.addEventListener("change", () => this.#setTurning(turn.checked));
  }

  show(picture: FactorPicture | null): void {
    this.#picture = picture;
    this.#hueNote.textContent = picture?.hues ? `Coloured by ${picture.hues.of}` : "";
    this.#label();
    this.#sheet.redraw();
  }

  /** Draws this trial bold. */
  choose(trial: number): void {
    this.#chosen = trial;
    this.#label();
    this.#sheet.redraw();
  }

  #setTurning(on: boolean): void {
    const starts = on && !this.#turning;
    this.#turning = on;
    if (starts) requestAnimationFrame((now) => this.#goOn(now));
  }

  #goOn(before: number): void {
    requestAnimationFrame((now) => {
      if (!this.#turning) return;
      this.#turn((Math.min(now - before, 100) / 1000) * STEP.second, 0);
      this.#goOn(now);
    });
  }

  #turn(right: number, up: number): void {
    this.#rotation = turnBy(this.#rotation, right, up);
    this.#label();
    this.#sheet.redraw();
  }

  #label(): void {
    if (!this.#picture) {
      this.#canvas.ariaLabel = "No factors yet";
      return;
    }
    const { trials, names, hues } = this.#picture;
    const [azimuth, elevation] = [this.#rotation.azimuth, this.#rotation.elevation].map((angle) =>
      Math.round((angle * 180) / Math.PI),
    );
    this.#canvas.ariaLabel =
      `Trajectories of ${trials} validation trials in ${names.join(", ")}${hues ? `, coloured by ${hues.of}` : ""}; ` +
      `trial ${this.#chosen + 1} is bold. Turned by ${azimuth}°, raised by ${elevation}°; arrow keys turn it.`;
  }

  #paint(context: CanvasRenderingContext2D, width: number, height: number): void {
    const picture = this.#picture;
    if (!picture) return;
    const { trials, bins, points } = picture;
    const { center, radius } = sphereOf(points);
    const scale = (0.47 * Math.min(width, height)) / radius;
    const place = (index: number): [number, number] => {
      const [x, y, z] = [0, 1, 2].map((k) => points[3 * index + k]! - center[k]!) as [number, number, number];
      const [right, up] = turned([x, y, z], this.#rotation);
      return [width / 2 + right * scale, height / 2 - up * scale];
    };
    const draw = (trial: number, stroke: string, lineWidth: number) => {
      context.strokeStyle = stroke;
      context.fillStyle = stroke;
      context.lineWidth = lineWidth;
      context.beginPath();
      for (let bin = 0; bin < bins; bin++) context.lineTo(...place(trial * bins + bin));
      context.stroke();
      context.beginPath();
      context.arc(...place(trial * bins), 1.2 * lineWidth + 0.8, 0, 2 * Math.PI);
      context.fill();
    };
    context.lineJoin = "round";
    this.#axes(context, height, picture.names);
    context.globalAlpha = Math.max(0.25, Math.min(0.75, 40 / trials));
    for (let trial = 0; trial < trials; trial++) draw(trial, hueOf(picture, trial), 1.2);
    context.globalAlpha = 1;
    draw(this.#chosen, color("card"), 6);
    draw(this.#chosen, picture.hues ? hueOf(picture, this.#chosen) : color("ink"), 3);
  }

  /** Three short axes with their names, in a corner. */
  #axes(context: CanvasRenderingContext2D, height: number, names: readonly string[]): void {
    const [x0, y0, length] = [64, height - 34, 24];
    context.lineWidth = 1.2;
    context.font = font(11);
    context.textAlign = "center";
    context.textBaseline = "middle";
    names.forEach((name, k) => {
      const axis = [0, 1, 2].map((other) => Number(other === k)) as [number, number, number];
      const [right, up] = turned(axis, this.#rotation);
      context.strokeStyle = color("muted");
      context.fillStyle = color("muted");
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x0 + right * length, y0 - up * length);
      context.stroke();
      context.fillText(name, x0 + right * (length + 20), y0 - up * (length + 12));
    });
  }
}

/** The colour of a trial: its hue, or a quiet one where there are no hues. */
function hueOf({ hues }: FactorPicture, trial: number): string {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return hues ? `oklch(${dark ? 0.76 : 0.58} 0.13 ${360 * hues.values[trial]!})` : color("muted");
}

/** A sphere about the mean that holds all points but the farthest fiftieth. */
function sphereOf(points: ArrayLike<number>): {
  readonly center: readonly number[];
  readonly radius: number;
} {
  const count = points.length / 3;
  const center = [0, 0, 0];
  for (let i = 0; i < points.length; i++) center[i % 3]! += points[i]! / count;
  const distances = Float64Array.from({ length: count }, (_, i) =>
    Math.hypot(...center.map((mean, k) => points[3 * i + k]! - mean)),
  );
  return { center, radius: Math.max(quantile(distances, 0.98), 1e-9) };
}
