import { heatKey, heatLevel } from "../report/heatScale";
import { written } from "../report/numbers";
import { heatLevels } from "../report/palette";
import { linearTicks } from "../report/ticks";
import type { TrialPicture } from "./messages";
import { Sheet } from "./sheet";
import { color, font } from "./theme";
import { unitsOf } from "./units";

const MARGIN = { left: 56, right: 8, title: 24, gap: 14, axis: 38 };

/** The spikes of a trial above its inferred and true rates, on one time axis. */
export class TrialView {
  readonly #sheet: Sheet;
  #picture: TrialPicture | null = null;

  constructor(
    canvas: HTMLCanvasElement,
    readonly key: HTMLElement,
  ) {
    this.#sheet = new Sheet(canvas, (context, width) => this.#paint(context, width));
  }

  show(picture: TrialPicture): void {
    this.#picture = picture;
    const { trial, bins, channels, heldIn, rates, truth } = picture;
    const { canvas } = this.#sheet;
    const panels = this.#panels(picture).length;
    canvas.style.height = `${panels * (MARGIN.title + panelHeight(picture)) + (panels - 1) * MARGIN.gap + MARGIN.axis}px`;
    const count = Array.from(picture.spikes).reduce((sum, spikes) => sum + (spikes || 0), 0);
    const shown = [
      `${count} spikes of ${channels} channels in ${bins} bins`,
      ...(heldIn < channels ? [`${channels - heldIn} channels held out`] : []),
      ...(rates ? ["inferred rates"] : []),
      ...(truth ? ["true rates"] : []),
    ];
    canvas.ariaLabel = `Validation trial ${trial + 1}: ${shown.join(", ")}`;
    const { rate, rateOf } = unitsOf(picture.binMs);
    this.key.innerHTML = rates || truth ? heatKey({ top: rateOf(topOf(picture)), unit: rate }).text : "";
    this.#sheet.redraw();
  }

  #panels({ rates, truth, binMs }: TrialPicture) {
    const { rate } = unitsOf(binMs);
    return [
      { title: "Spikes", values: undefined },
      ...(rates ? [{ title: `Inferred rates (${rate})`, values: rates }] : []),
      ...(truth ? [{ title: `True rates (${rate})`, values: truth }] : []),
    ];
  }

  #paint(context: CanvasRenderingContext2D, width: number): void {
    const picture = this.#picture;
    if (!picture) return;
    const { bins, channels, heldIn, binMs } = picture;
    const height = panelHeight(picture);
    const box = { left: MARGIN.left, width: width - MARGIN.left - MARGIN.right, height };
    let top = 0;
    for (const { title, values } of this.#panels(picture)) {
      write(context, title, box.left, top + 14, { size: 12.5, ink: "ink" });
      top += MARGIN.title;
      if (values) paintHeat(context, picture, values, { ...box, top });
      else paintSpikes(context, picture, { ...box, top });
      const split = top + (height * heldIn) / channels;
      write(context, "held in", box.left - 8, (top + split) / 2, { align: "right" });
      if (heldIn < channels) {
        write(context, "held out", box.left - 8, (split + top + height) / 2, { align: "right" });
        context.fillStyle = color("ink");
        context.fillRect(box.left, split - 0.5, box.width, 1);
      }
      top += height + MARGIN.gap;
    }
    const { time, perBin } = unitsOf(binMs);
    const end = bins * perBin;
    const bottom = top - MARGIN.gap;
    for (const tick of linearTicks([0, end], Math.max(2, Math.min(8, width / 90)))) {
      const x = box.left + (tick / end) * box.width;
      context.fillStyle = color("rule");
      context.fillRect(x - 0.5, bottom + 2, 1, 4);
      write(context, written(tick), Math.min(x, width - 14), bottom + 15, { align: "center" });
    }
    write(context, `time (${time})`, box.left + box.width, bottom + 31, { align: "right" });
  }
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function panelHeight({ channels }: TrialPicture): number {
  return Math.min(Math.max(4.5 * channels, 110), 260);
}

/** The count per bin that has the strongest colour. */
function topOf({ rates, truth }: TrialPicture): number {
  return Math.max(1e-3, ...Array.from(truth ?? rates ?? []));
}

/** A stroke for every spike; bins that were not observed are tinted. */
function paintSpikes(context: CanvasRenderingContext2D, picture: TrialPicture, box: Box): void {
  const { bins, channels, order, spikes } = picture;
  const [wide, high] = [box.width / bins, box.height / channels];
  context.fillStyle = color("h0");
  context.fillRect(box.left, box.top, box.width, box.height);
  const [ink, missing] = [color("ink"), color("rule")];
  order.forEach((channel, row) => {
    const y = box.top + row * high;
    for (let bin = 0; bin < bins; bin++) {
      const count = spikes[bin * channels + channel]!;
      const x = box.left + bin * wide;
      context.fillStyle = Number.isNaN(count) ? missing : ink;
      if (Number.isNaN(count)) context.fillRect(x, y, wide, high);
      for (let k = 0; k < count; k++) {
        context.fillRect(x + ((k + 0.5) / count) * wide - 0.6, y + 0.1 * high, 1.2, 0.8 * high);
      }
    }
  });
}

/** One pixel for every bin, stretched to the box. */
function paintHeat(
  context: CanvasRenderingContext2D,
  picture: TrialPicture,
  values: ArrayLike<number>,
  box: Box,
): void {
  const { bins, channels, order } = picture;
  const top = topOf(picture);
  const colors = Array.from({ length: heatLevels }, (_, level) =>
    Number.parseInt(color(`h${level}`).slice(1), 16),
  );
  const image = new ImageData(bins, channels);
  order.forEach((channel, row) => {
    for (let bin = 0; bin < bins; bin++) {
      const rgb = colors[heatLevel(values[bin * channels + channel]!, top)]!;
      image.data.set([rgb >> 16, (rgb >> 8) & 255, rgb & 255, 255], 4 * (row * bins + bin));
    }
  });
  const small = new OffscreenCanvas(bins, channels);
  small.getContext("2d")!.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, box.left, box.top, box.width, box.height);
}

interface Writing {
  readonly align?: CanvasTextAlign;
  readonly size?: number;
  readonly ink?: string;
}

function write(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  { align = "left", size = 11, ink = "muted" }: Writing,
): void {
  context.font = font(size);
  context.textAlign = align;
  context.textBaseline = "middle";
  context.fillStyle = color(ink);
  context.fillText(text, x, y);
}
