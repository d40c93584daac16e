import { PassThrough } from "node:stream";
import { beforeAll, describe, expect, test } from "vitest";
import { progressBar } from "../../src/node/progressBar";
import { type EpochMetrics, fit, type Progress } from "../../src/train";
import { useBackend } from "../backend";
import { tinierModel, tinyData } from "./support";

beforeAll(() => useBackend("cpu"));

/** A stream that remembers what was written, as a terminal or not. */
function output(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 120 }) as unknown as NodeJS.WriteStream;
  let text = "";
  stream.on("data", (chunk) => {
    text += chunk;
  });
  return { stream, text: () => text };
}

const at = (epoch: number, batch: number, smoothedScore?: number): Progress => ({
  epoch,
  epochs: 40,
  batch,
  batches: 2,
  kernelPath: "composed",
  ...(smoothedScore !== undefined && { last: { smoothedScore } as EpochMetrics }),
});

describe("where the output is no terminal", () => {
  test("a line every ten epochs, nothing else", () => {
    const { stream, text } = output(false);
    const bar = progressBar(stream);
    bar.onProgress(at(0, 1));
    for (let epoch = 1; epoch <= 25; epoch++) {
      for (const batch of [0, 1, 2]) bar.onProgress(at(epoch, batch, epoch / 10));
    }
    bar.stop();
    expect(text()).toBe("epoch 10/40: validation 1.00000\nepoch 20/40: validation 2.00000\n");
  });
});

describe("on a terminal", () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of a terminal are what is taken out
  const plain = (text: string) => text.replaceAll(/\u001b[[0-9;?]*[A-Za-z]|\u001b[78]/g, "");

  test("a bar that says the epoch and the score, and ends when stopped", () => {
    const { stream, text } = output(true);
    const bar = progressBar(stream);
    bar.onProgress(at(0, 1));
    expect(plain(text())).toContain("epoch 1/40 | validation - |");
    bar.onProgress(at(3, 2, 1.2345678));
    bar.onProgress(at(40, 0, 0.5));
    bar.stop();
    expect(plain(text())).toContain("epoch 40/40 | validation 0.50000 |");
    expect(plain(text())).toMatch(/\n$/);
    const length = text().length;
    bar.stop();
    expect(text().length).toBe(length);
  });

  test("one that never began can be stopped", () => {
    const { stream, text } = output(true);
    progressBar(stream).stop();
    expect(text()).toBe("");
  });

  test("a resumed training begins where it is", () => {
    const { stream, text } = output(true);
    const bar = progressBar(stream);
    bar.onProgress(at(20, 1, 1));
    const drawn = [...plain(text())].filter((character) => character === "=").length;
    bar.stop();
    expect(drawn).toBe(14); // half of 28
  });
});

test("fit feeds it", async () => {
  const { stream, text } = output(false);
  const bar = progressBar(stream);
  const model = tinierModel();
  const { history } = await fit(model, tinyData(), {
    batchSize: 100,
    epochs: 10,
    onProgress: bar.onProgress,
  });
  bar.stop();
  model.dispose();
  expect(text()).toBe(`epoch 10/10: validation ${history[9]!.smoothedScore.toFixed(5)}\n`);
});
