import { onThemeChange } from "./theme";

/** A canvas that is painted in CSS pixels, at most once a frame, and again when its size or the theme changes. */
export class Sheet {
  #waiting = false;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly paint: (context: CanvasRenderingContext2D, width: number, height: number) => void,
  ) {
    new ResizeObserver(() => this.redraw()).observe(canvas);
    onThemeChange(() => this.redraw());
  }

  redraw(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.#paint();
    });
  }

  #paint(): void {
    const { canvas } = this;
    const { clientWidth: width, clientHeight: height } = canvas;
    const context = canvas.getContext("2d");
    if (!context || width === 0 || height === 0) return;
    const scale = devicePixelRatio;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.scale(scale, scale);
    this.paint(context, width, height);
  }
}
