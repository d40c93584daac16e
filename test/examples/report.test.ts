import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { heatLevel } from "../../examples/report/heatScale";
import {
  agreementFigure,
  type Html,
  heatmapFigure,
  html,
  learningCurves,
  lineFigure,
  page,
  pathFigure,
  peakTimeOrder,
  planeFigure,
  type ReportInput,
  type ReportTrial,
  rasterFigure,
  renderReport,
  tracesFigure,
} from "../../examples/report/index";
import { written } from "../../examples/report/numbers";
import { heatLevels } from "../../examples/report/palette";
import { linearTicks, logTicks } from "../../examples/report/ticks";
import { ndarray } from "../../src/data/ndarray";

const wave = (rows: number, columns: number, scale = 1, offset = 0) =>
  ndarray(
    Float32Array.from(
      { length: rows * columns },
      (_, i) => offset + scale * Math.sin(1.7 * i + 0.01 * i * i),
    ),
    [rows, columns],
  );

const trial = (label = "Trial 3", bins = 20, channels = 7): ReportTrial => ({
  label,
  binSeconds: 0.05,
  spikes: ndarray(
    Float32Array.from({ length: bins * channels }, (_, i) => (i * 7) % 4),
    [bins, channels],
  ),
  rates: wave(bins, channels, 0.5, 1),
  factors: wave(bins, 15),
  inputs: wave(bins, 2),
  velocity: { true: wave(bins, 2, 9), decoded: wave(bins, 2, 8), names: ["x", "y"], unit: "cm/s" },
});

const epochs = Array.from({ length: 60 }, (_, i) => i + 1);

const report: ReportInput = {
  title: "LFADS",
  subtitle: "Reaching, 20 bins of 50 ms",
  facts: [{ label: "Parameters", value: "1234" }],
  table: {
    columns: ["co-bps", "velocity R²"],
    rows: [
      { label: "smoothing", values: ["0.1", "0.5"] },
      { label: "LFADS", values: ["0.2", "0.75"], emphasis: true },
    ],
    note: "Higher is better.",
  },
  curves: [
    {
      name: "Reconstruction",
      unit: "nats",
      series: [
        { label: "train", epochs, values: epochs.map((epoch) => 0.4 + 3 * Math.exp(-epoch)) },
        { label: "valid", epochs, values: epochs.map((epoch) => 0.42 + 3 * Math.exp(-epoch)) },
      ],
    },
    {
      name: "Learning rate",
      series: [{ label: "rate", epochs, values: epochs.map((epoch) => 0.8 ** epoch) }],
    },
  ],
  bestEpoch: 41,
  heldIn: 5,
  trials: [trial(), trial("Trial 8")],
  velocityScatter: {
    true: wave(500, 2, 20),
    decoded: wave(500, 2, 18),
    names: ["velocity x", "velocity y"],
    unit: "cm/s",
    r2: [0.81, Number.NaN],
  },
  footer: "Made for a test.",
};

const dom = (text: string | Html) => parseHTML(`<!doctype html>${String(text)}`).document;
const all = (root: ParentNode, selector: string) => Array.from(root.querySelectorAll(selector));
const labelsOf = (figure: Html) =>
  all(dom(html`<html><body>${figure}</body></html>`), "svg text").map(({ textContent }) => textContent);

/** Every element that is opened is closed, in order. */
function expectBalanced(text: string): void {
  const open: string[] = [];
  const empty = new Set(["meta", "!doctype", "br", "hr", "img", "input", "link"]);
  for (const [, slash, name = "", selfClosing] of text.matchAll(
    /<(\/?)([a-zA-Z!][a-zA-Z0-9]*)(?:"[^"]*"|[^">])*?(\/?)>/g,
  )) {
    if (slash) expect(open.pop()).toBe(name);
    else if (!selfClosing && !empty.has(name)) open.push(name);
  }
  expect(open).toEqual([]);
}

/** Nothing in the drawings is a number that is none. */
function expectDrawable(text: string): void {
  for (const [tag] of text.matchAll(/<(?:path|rect|circle|line|text|g|svg)\b[^>]*>/g)) {
    expect(tag).not.toMatch(/NaN|Infinity|undefined|null/);
  }
}

describe("renderReport", () => {
  const text = renderReport(report);
  const document = dom(text.replace("<!doctype html>", ""));

  test("is one balanced document with its parts in order", () => {
    expect(text.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
    expectBalanced(text);
    expectDrawable(text);
    expect(all(document, "h2").map((h2) => h2.textContent)).toEqual([
      "Scores",
      "Single trials",
      "Decoded velocity",
      "Training",
    ]);
    expect(all(document, "h3").map((h3) => h3.textContent)).toEqual(["Trial 3", "Trial 8"]);
    const first = document.querySelector("article")!;
    expect(all(first, ".name").map((name) => name.textContent)).toEqual([
      "Spikes",
      "Inferred rates",
      "Factors",
      "Inferred inputs",
      "Hand velocity",
      "Hand path",
    ]);
    expect(first.textContent).toContain("5 held in");
    expect(first.textContent).toContain("2 held out");
    expect(document.querySelectorAll("figure")).toHaveLength(2 * 6 + 2 + 2);
    expect(document.querySelectorAll("tbody tr")).toHaveLength(2);
    expect(document.querySelector(".tile .big")?.textContent).toBe("0.2");
  });

  test("needs nothing from outside and runs nothing", () => {
    expect(text).not.toMatch(/<script|javascript:|https?:|@import|<link|<img|<iframe|\son\w+=/i);
    for (const [, target] of text.matchAll(/\b(?:href|src)="([^"]*)"/g)) expect(target).toMatch(/^#/);
    const ids = [...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    for (const [, id] of text.matchAll(/url\(#([^)]*)\)|href="#([^"]*)"/g)) if (id) expect(ids).toContain(id);
    for (const [, id] of text.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(id);
    expect(text).toContain("prefers-color-scheme:dark");
    for (const [, variable] of text.matchAll(/var\((--\w+)\)/g)) expect(text).toContain(`${variable}:#`);
  });

  test("every picture has a name and a description, every heading cell a scope", () => {
    const pictures = all(document, "figure > svg");
    expect(pictures).toHaveLength(16);
    for (const picture of pictures) {
      expect(picture.getAttribute("role")).toBe("img");
      expect(picture.getAttribute("aria-label")).toBe(picture.querySelector("title")?.textContent);
      expect(picture.querySelector("desc")?.textContent?.length).toBeGreaterThan(20);
    }
    for (const cell of all(document, "th")) expect(cell.getAttribute("scope")).toMatch(/^(row|col)$/);
  });

  test("the same input gives the same bytes, whatever was drawn before", () => {
    expect(text).toContain("clip-path");
    expect(renderReport(report)).toBe(text);
  });

  test("text stays text", () => {
    const evil = `<script>alert("1")</script> & 'x' <b>`;
    const escaped = renderReport({
      ...report,
      title: evil,
      subtitle: evil,
      facts: [{ label: evil, value: evil }],
      table: { columns: [evil], rows: [{ label: evil, values: [evil], emphasis: true }], note: evil },
      curves: [
        {
          name: evil,
          unit: evil,
          caption: evil,
          series: [...report.curves[0]!.series, { label: evil, epochs, values: epochs }],
        },
      ],
      trials: [
        {
          ...trial(evil),
          velocity: { true: wave(20, 2), decoded: wave(20, 2), names: [evil, "y"], unit: evil },
        },
      ],
      velocityScatter: { ...report.velocityScatter!, names: [evil, evil], unit: evil },
      footer: evil,
    });
    expect(escaped).not.toMatch(/<script|<b>(?!Spikes|Held|Factors|Inferred|Hand|500 bins)/);
    expectBalanced(escaped);
    const seen = dom(escaped.replace("<!doctype html>", ""));
    expect(seen.querySelector("h1")?.textContent).toBe(evil);
    expect(seen.querySelector("h3")?.textContent).toBe(evil);
    expect(all(seen, "svg text").some((label) => label.textContent === evil)).toBe(true);
  });

  test("leaves out what there is not", () => {
    const { inputs: _, velocity: __, ...bare } = trial();
    const { bestEpoch: ___, heldIn: ____, velocityScatter: _____, ...rest } = report;
    const small = renderReport({ ...rest, trials: [{ ...bare, inputs: wave(20, 0) }], curves: [] });
    expectDrawable(small);
    expect(small).not.toContain("Inferred inputs");
    expect(small).not.toContain("Hand");
    expect(small).not.toContain("held out");
    expect(small).toContain("7 channels");
    const nothing = renderReport({
      title: "t",
      subtitle: "s",
      facts: [],
      table: { columns: [], rows: [] },
      curves: [],
      trials: [],
    });
    expectBalanced(nothing);
    expect(nothing).not.toContain("<section");
  });

  test("refuses rates of another shape than the spikes", () => {
    expect(() => renderReport({ ...report, trials: [{ ...trial("T"), rates: wave(20, 6) }] })).toThrow(
      'renderReport: rates must have the shape of the spikes, got [20,6] and [20,7] in "T"',
    );
  });

  test("draws any numbers", () => {
    const value = fc.oneof(
      fc.constantFrom(
        0,
        1,
        -1,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        1e-30,
        1e30,
        0.4181,
      ),
      fc.float({ noNaN: true }),
    );
    const size = fc.integer({ min: 0, max: 4 });
    const array = (bins: number, columns: number) =>
      fc
        .array(value, { minLength: bins * columns, maxLength: bins * columns })
        .map((values) => ndarray(Float32Array.from(values), [bins, columns]));
    const trials = fc.tuple(size, size, size).chain(([bins, channels, factors]) =>
      fc.record({
        label: fc.string(),
        binSeconds: fc.constantFrom(0.001, 0.05, 2),
        spikes: array(bins, channels),
        rates: array(bins, channels),
        trueRates: array(bins, channels),
        factors: array(bins, factors),
        inputs: array(bins, factors),
        velocity: fc.record({
          true: array(bins, 2),
          decoded: array(bins, 2),
          names: fc.constant(["x", "y"]),
          unit: fc.constantFrom("cm/s", "a.u."),
        }),
      }),
    );
    const curve = fc.record({
      name: fc.string(),
      series: fc.array(
        fc.record({
          label: fc.string(),
          epochs: fc.array(value, { maxLength: 5 }),
          values: fc.array(value, { maxLength: 5 }),
        }),
        { maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(trials, curve, value, size, (one, curves, bestEpoch, heldIn) => {
        const text = renderReport({
          ...report,
          trials: [one],
          curves: [curves],
          bestEpoch,
          heldIn,
          velocityScatter: { ...one.velocity, r2: [bestEpoch, 1] },
        });
        expectBalanced(text);
        expectDrawable(text);
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

describe("heat maps", () => {
  const paths = (figure: Html) =>
    [
      ...String(figure).matchAll(
        /<path d="([^"]*)" fill="var\(--h(\d+)\)"|<path fill="var\(--h(\d+)\)" d="([^"]*)"/g,
      ),
    ].map(([, d1, level1, level2, d2]) => ({ d: d1 ?? d2, level: Number(level1 ?? level2) }));

  test("one run of bins per colour: first channel on top, missing values blank", () => {
    const spikes = ndarray(Float32Array.of(0, 4, 0, Number.NaN, 1, 0), [3, 2]); // bins x channels
    const drawn = paths(rasterFigure({ title: "t", spikes, binSeconds: 0.1, height: 138 }));
    // the frame is 24..350 across and 2..102 down: three bins of 108.7, two rows of 50
    expect(drawn).toEqual([
      { level: 0, d: "M24,2H241.3V52H24ZM241.3,52H350V102H241.3Z" },
      { level: 12, d: "M241.3,2H350V52H241.3Z" },
      { level: heatLevels - 1, d: "M24,52H132.7V102H24Z" },
    ]);
  });

  test("colours go with the square root of the value", () => {
    const n = heatLevels - 1;
    expect([0, 1, 4, 16, 99, -1, Number.NaN].map((value) => heatLevel(value, 16))).toEqual(
      [0, n / 4, n / 2, n, n, 0, 0].map(Math.round),
    );
    expect(heatLevel(3, 0)).toBe(0);
  });

  test("spikes and rates of one trial share their rows and their colours", () => {
    const counts = ndarray(Float32Array.of(0, 2, 1, 0, 1, 0), [3, 2]);
    const { velocityScatter: _, curves: __, ...rest } = report;
    const text = renderReport({
      ...rest,
      curves: [],
      trials: [{ label: "T", binSeconds: 0.05, spikes: counts, rates: counts, factors: wave(3, 1) }],
    });
    const [spikes, rates] = [...text.matchAll(/<g shape-rendering="crispEdges">.*?<\/g>/g)].map(String);
    expect(spikes).toBe(rates);
  });

  test("channels go by the bin of the peak, then by the mean time, then by number", () => {
    // peak bins 2, 0, 1, 1, 1; channel 3 has more weight early than channels 2 and 4
    const rates = ndarray(Float32Array.of(0, 9, 0, 4, 0, 1, 1, 9, 9, 9, 5, 0, 2, 0, 2), [3, 5]);
    expect(peakTimeOrder(rates)).toEqual([1, 3, 2, 4, 0]);
    expect(peakTimeOrder(rates, 2)).toEqual([3, 2, 4]);
    expect(peakTimeOrder(rates, 0, 2)).toEqual([1, 0]);
  });
});

describe("axes", () => {
  test("ticks are round numbers inside the domain", () => {
    expect(linearTicks([0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(linearTicks([-13, 27], 4)).toEqual([-10, 0, 10, 20]);
    expect(logTicks([0.002, 300])).toEqual([0.01, 0.1, 1, 10, 100]);
    expect(logTicks([2, 30])).toEqual([2, 5, 10, 20]);
    expect(logTicks([1e-9, 10])).toEqual([1e-8, 1e-5, 1e-2, 10]);
  });

  test("labels tell the ticks apart", () => {
    const labels = labelsOf(
      lineFigure({
        title: "t",
        xLabel: "x",
        yLabel: "y",
        series: [{ label: "a", x: [0, 1], y: [0.41811, 0.41848] }],
      }),
    );
    expect(labels).toEqual(expect.arrayContaining(["0.4182", "0.4183", "0.4184"]));
  });

  test("numbers as a reader writes them", () => {
    expect([0, 0.05, -1.25, 1234.5, 1e5, 2.5e-7, Number.NaN].map(written)).toEqual([
      "0",
      "0.05",
      "−1.25",
      "1235",
      "10⁵",
      "2.5×10⁻⁷",
      "–",
    ]);
  });
});

describe("lines", () => {
  test("a value that is missing leaves a gap, panels stand below each other", () => {
    const x = [0, 1, 2, 3, 4];
    const figure = String(
      lineFigure({
        title: "t",
        xLabel: "x",
        yLabel: "y",
        series: [
          { label: "a", panel: "p", x, y: [1, 2, Number.NaN, 2, 1] },
          { label: "a", panel: "q", x, y: [1, 2, 3, 2, 1] },
        ],
      }),
    );
    const lines = [...figure.matchAll(/<path d="(M[^"]*L[^"]*)"/g)].map(([, d = ""]) => d);
    const moves = lines.map((d) => d.split("M").length - 1);
    expect(moves.filter((count) => count === 2)).toHaveLength(1);
    expect(figure).toContain(">p</text>");
    expect(figure).toContain(">q</text>");
  });

  test("a learning curve may leave the frame at the start only, and has one colour per label", () => {
    const text = String(learningCurves(report.curves, 41));
    expect(text).toContain("epoch 41");
    expect(text.match(/<clipPath/g)).toHaveLength(1); // the learning rate has a log axis
    expect(text).toContain("(log scale)");
    const labels = labelsOf(learningCurves(report.curves.slice(0, 1)));
    // training starts at 1.5; after the first twentieth all values lie between 0.4 and 0.475
    expect(labels).toContain("0.46");
    expect(labels).not.toContain("0.48");
    expect(labels).not.toContain("1.0");
  });

  test("a marker outside of the axis is not drawn", () => {
    const series = [{ label: "a", x: [1, 2, 3], y: [1, 2, 3] }];
    const options = { title: "t", xLabel: "x", yLabel: "y", series };
    expect(String(lineFigure({ ...options, marker: { x: 2, label: "here" } }))).toContain("here");
    expect(String(lineFigure({ ...options, marker: { x: 9, label: "here" } }))).not.toContain("here");
  });
});

describe("figures for other pages", () => {
  test("a page of single figures", () => {
    const path = { label: "true", x: [0, 1, 2], y: [0, 2, 1] };
    const many = Array.from({ length: 900 }, (_, i) => Math.sin(i));
    const text = page({
      title: "Lorenz",
      sections: [
        {
          heading: "Rates",
          body: [
            heatmapFigure({ title: "rates", values: wave(10, 4, 1, 2), binSeconds: 0.01, unit: "Hz" }),
            tracesFigure({ title: "factors", values: wave(10, 3), binSeconds: 0.01, traces: [2, 0] }),
            pathFigure({ title: "path", paths: [path], xLabel: "x", yLabel: "y" }),
            agreementFigure({
              title: "few",
              truth: [1, 2],
              estimate: [1, 3],
              truthLabel: "true",
              estimateLabel: "inferred",
            }),
            agreementFigure({
              title: "many",
              truth: many,
              estimate: many,
              truthLabel: "true",
              estimateLabel: "inferred",
            }),
            agreementFigure({
              title: "one place",
              truth: many.map(() => 2),
              estimate: many.map(() => 2),
              truthLabel: "true",
              estimateLabel: "inferred",
            }),
          ],
        },
      ],
    });
    expectBalanced(text);
    expectDrawable(text);
    expect(dom(text.replace("<!doctype html>", "")).querySelectorAll("figure > svg")).toHaveLength(6);
  });

  test("a path is as wide per unit as it is high", () => {
    const figure = String(
      pathFigure({
        title: "p",
        paths: [{ label: "a", x: [0, 3, 3], y: [0, 0, 3] }],
        xLabel: "x",
        yLabel: "y",
      }),
    );
    const points = figure
      .match(/d="M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)L([\d.]+),([\d.]+)"/)!
      .slice(1)
      .map(Number);
    expect(points[2]! - points[0]!).toBeCloseTo(points[3]! - points[5]!, 2);
  });

  test("lines and dots share a plane, as wide per unit as it is high; without either it says so", () => {
    const corners = [
      { x: 0, y: 0 },
      { x: 2, y: 0 },
      { x: 2, y: 2 },
    ];
    const draw = (dots: readonly { x: number; y: number }[]) =>
      String(
        planeFigure({
          ...{ title: "p", xLabel: "x", yLabel: "y" },
          lines: dots.length > 0 ? [{ points: corners, color: "var(--c1)" }] : [],
          dots: [{ label: "corners", points: dots, color: "var(--c2)", hollow: true }],
        }),
      );
    const figure = draw(corners);
    const [, ...line] = figure.match(/d="M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)L([\d.]+),([\d.]+)"/)!;
    const dots = [...figure.matchAll(/<circle r="6" cy="([\d.]+)" cx="([\d.]+)"/g)];
    expect(dots.flatMap(([, y, x]) => [Number(x), Number(y)].map((at) => at.toFixed(2)))).toEqual(
      line.map((at) => Number(at).toFixed(2)),
    );
    const [x0, , x1, y1, , y2] = line.map(Number) as [number, number, number, number, number, number];
    expect(x1 - x0).toBeCloseTo(y1 - y2, 2);
    expect(draw([])).toContain("No values to draw.");
  });

  test("the key shows dots as they are drawn", () => {
    const dots = [true, false].map((hollow) => ({
      ...{ label: hollow ? "true" : "learned", points: [{ x: 0, y: 0 }], color: "var(--ink)" as const },
      hollow,
    }));
    const figure = String(planeFigure({ title: "p", xLabel: "x", yLabel: "y", lines: [], dots }));
    const marks = [...figure.matchAll(/<i class="dot" style="([^"]*)"><\/i>(\w+)/g)];
    expect(marks.map(([, style, label]) => `${label} ${style}`)).toEqual([
      "true border-color:var(--ink);background:none",
      "learned border-color:var(--ink);background:var(--ink)",
    ]);
  });
});
