import { readdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { type MapPoint, matchFixedPoints, trueFixedPoints } from "../../examples/attractors/analysis";
import { dataOf } from "../../examples/attractors/training";
import { useBackend } from "../backend";
import { expectReport, inFolder, rowOf, succeed } from "./runExample";

test("attractors trains both generators, compares with the paper, goes on, and writes its report", async () => {
  await inFolder(async (folder) => {
    const run = () =>
      succeed("attractors", [
        ...["--systems", "lorenz", "--sizes", "3", "--seeds", "0", "--epochs", "2", "--workers", "2"],
        ...["--out", folder],
      ]);
    const output = await run();
    for (const [label, published] of [
      ["lorenz, 3, neuralOde", ["0.836", "0.895"]],
      ["lorenz, 3, gru", ["0.382", "0.319"]],
    ] as const) {
      const [rate, ratePublished, hidden, hiddenPublished] = rowOf(output, label);
      expect(rate).toMatch(/^(-?\d\.\d{3}) \(\1\)$/);
      expect(hidden).toMatch(/^(-?\d\.\d{3}) \(\1\)$/);
      expect([ratePublished, hiddenPublished]).toEqual(published);
    }
    expect((await readdir(folder)).sort()).toEqual([
      "lorenz-gru-3-seed0-2epochs.safetensors",
      "lorenz-gru-3-seed0-2epochs.safetensors.seconds",
      "lorenz-neuralOde-3-seed0-2epochs.safetensors",
      "lorenz-neuralOde-3-seed0-2epochs.safetensors.seconds",
      "report.html",
    ]);
    expectReport(await readFile(`${folder}/report.html`, "utf8"), "Low-dimensional chaos from spikes", 5);
    const table = (text: string) => text.slice(text.indexOf("rate R2"));
    expect(table(await run())).toBe(table(output)); // all is done
  });
});

describe("fixed points of the example", () => {
  beforeAll(() => useBackend("cpu"));

  test.each([
    ["arneodo", 3, 1.0375, 0.2185],
    ["lorenz", 3, 1.0014, 0.153],
    ["roessler", 1, 1.0164, 0.168],
  ] as const)("%s has %d on its attractor, with known eigenvalues", async (system, count, re, im) => {
    const points = await trueFixedPoints({ system }, await dataOf({ system }));
    expect(points.length).toBeGreaterThanOrEqual(count);
    const closest = Math.min(
      ...points.flatMap(({ eigenvalues }) =>
        eigenvalues.map((value) => Math.hypot(value.re - re, value.im - im)),
      ),
    );
    expect(closest).toBeLessThan(1e-3);
  });

  test("learned ones are matched one to one, the closest first", () => {
    const point = (x: number, re: number): MapPoint => ({ state: [x], eigenvalues: [{ re, im: 0 }] });
    const [a, b] = [point(0, 1), point(1, 2)];
    const learned = point(0.9, 2.25);
    expect(matchFixedPoints([a, b], [learned])).toEqual([
      { truth: a, learned: null, difference: Number.NaN },
      { truth: b, learned, difference: 0.25 },
    ]);
    const other = point(0.8, 1.5);
    expect(matchFixedPoints([a, b], [learned, other]).map(({ difference }) => difference)).toEqual([
      0.5, 0.25,
    ]);
  });
});
