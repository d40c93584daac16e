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

  const turning = (re: number, im: number, rest: number) => [
    [re, im],
    [re, -im],
    [rest, 0],
  ];
  const arneodoOuter = turning(1.0375, 0.2186, 0.8347);
  const wing = turning(1.0014, 0.153, 0.7921);

  // Of I + J dt at the roots of the field.
  test.each([
    [
      "arneodo",
      [
        arneodoOuter,
        [
          [1.0804, 0],
          [0.9146, 0.2079],
          [0.9146, -0.2079],
        ],
        arneodoOuter,
      ],
    ],
    [
      "lorenz",
      [
        wing,
        [
          [1.1775, 0],
          [0.96, 0],
          [0.6574, 0],
        ],
        wing,
      ],
    ],
    ["roessler", [turning(1.0164, 0.168, 0.0399), turning(1, 0.9164, 1.0326)]],
  ] as const)("%s: all, from left to right, with known eigenvalues", async (system, expected) => {
    const points = await trueFixedPoints({ system }, await dataOf({ system }));
    const found = [...points]
      .sort((a, b) => a.state[0]! - b.state[0]!)
      .map(({ eigenvalues }) => eigenvalues.map(({ re, im }) => [re, im]));
    const close = expected.map((values) => values.map((value) => value.map((x) => expect.closeTo(x, 3))));
    expect(found).toEqual(close);
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
