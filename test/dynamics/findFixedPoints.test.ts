import {
  add,
  matMul,
  memory,
  mul,
  norm,
  relu,
  scalar,
  sqrt,
  sub,
  type Tensor,
  tanh,
  tensor1d,
  tensor2d,
  tidy,
} from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { ndarray } from "../../src/data";
import {
  type Complex,
  cellMap,
  eulerEigenvalues,
  type FixedPoint,
  findFixedPoints,
  sampleStates,
} from "../../src/dynamics";
import { ClippedGruCell } from "../../src/modules";
import { RandomStream } from "../../src/random";
import { useBackend } from "../backend";
import {
  arneodo,
  cloud,
  cycle,
  duffing,
  ghost,
  ghostBesideStiff,
  ghostFarAway,
  lorenz,
  roessler,
} from "./systems";

const backends = ["cpu", "wasm"];
const quick = { iterations: 300 };

function expectState({ state }: FixedPoint, expected: readonly number[], digits = 4): void {
  expect(state.length).toBe(expected.length);
  expected.forEach((value, k) => {
    expect(state[k]).toBeCloseTo(value, digits);
  });
}

function expectValues(
  values: readonly Complex[],
  expected: readonly (readonly [number, number])[],
  digits: number,
) {
  expect(values.length).toBe(expected.length);
  expected.forEach(([re, im], k) => {
    expect(values[k]!.re).toBeCloseTo(re, digits);
    expect(values[k]!.im).toBeCloseTo(im, digits);
  });
}

/** In the order of the first coordinate. */
const sorted = (points: readonly FixedPoint[]) => [...points].sort((a, b) => a.state[0]! - b.state[0]!);

/** |A v - lambda v| of every eigenpair. */
function eigenErrors({ jacobian, eigenvalues, eigenvectors, state }: FixedPoint): number[] {
  const size = state.length;
  return eigenvalues.map((value, k) => {
    const v = eigenvectors[k]!;
    const parts = v.map(({ re, im }, i) => {
      let [left, right] = [-(value.re * re - value.im * im), -(value.re * im + value.im * re)];
      for (let j = 0; j < size; j++) {
        left += jacobian.data[i * size + j]! * v[j]!.re;
        right += jacobian.data[i * size + j]! * v[j]!.im;
      }
      return Math.hypot(left, right);
    });
    return Math.hypot(...parts);
  });
}

describe.each(backends)("fixed points of known flows (%s)", (backend) => {
  beforeAll(() => useBackend(backend));

  test("Lorenz: the origin and two wings, with the eigenvalues of the published discretisation", async () => {
    const { points, slowPoints, outliers, diverged } = await findFixedPoints(
      { flow: lorenz(2.667) },
      cloud(128, [0, 0, 24], 9),
      quick,
    );
    const wing = Math.sqrt(2.667 * 27);
    const [left, origin, right] = sorted(points) as [FixedPoint, FixedPoint, FixedPoint];
    expect(points.length).toBe(3);
    expect(slowPoints).toEqual([]);
    expect([outliers, diverged]).toEqual([0, 0]);
    expectState(left, [-wing, -wing, 27]);
    expectState(origin, [0, 0, 0]);
    expectState(right, [wing, wing, 27]);
    expect(points.reduce((sum, point) => sum + point.starts, 0)).toBe(128);
    for (const point of points) {
      const error = Math.max(...eigenErrors(point));
      expect(error).toBeLessThan(1e-9);
      for (const v of point.eigenvectors)
        expect(Math.hypot(...v.flatMap(({ re, im }) => [re, im]))).toBeCloseTo(1, 12);
    }
    for (const point of [left, right]) {
      expectValues(
        eulerEigenvalues(point.eigenvalues, 0.015008107200628729),
        [
          [1.0014, 0.153],
          [1.0014, -0.153],
          [0.792, 0],
        ],
        3,
      );
      expect([point.stability, point.kind]).toEqual(["saddle", "focus"]);
    }
    const root = Math.sqrt(11 * 11 + 4 * 270); // of lambda^2 + 11 lambda - 270
    expectValues(
      origin.eigenvalues,
      [
        [(-11 + root) / 2, 0],
        [-2.667, 0],
        [(-11 - root) / 2, 0],
      ],
      4,
    );
    expect([origin.stability, origin.kind]).toEqual(["saddle", "node"]);
  });

  test("Arneodo: three, with the published eigenvalues", async () => {
    const { points, slowPoints } = await findFixedPoints({ flow: arneodo }, cloud(128, [0, 0, 0], 2), quick);
    expect(points.length).toBe(3);
    for (const { q, state } of slowPoints) {
      expect(Math.abs(Math.abs(state[0]!) - Math.sqrt(5.5 / 3))).toBeLessThan(0.3); // about where J has no inverse
      expect(q).toBeGreaterThan(0.1);
    }
    const outer = Math.sqrt(5.5);
    const [left, origin, right] = sorted(points) as [FixedPoint, FixedPoint, FixedPoint];
    expectState(left, [-outer, 0, 0]);
    expectState(origin, [0, 0, 0]);
    expectState(right, [outer, 0, 0]);
    const timeStep = 0.0904035028815997;
    expectValues(
      eulerEigenvalues(origin.eigenvalues, timeStep),
      [
        [1.08, 0],
        [0.915, 0.208],
        [0.915, -0.208],
      ],
      3,
    );
    for (const { eigenvalues } of [left, right]) {
      expectValues(
        eulerEigenvalues(eigenvalues, timeStep),
        [
          [1.03746, 0.21857],
          [1.03746, -0.21857],
          [0.83468, 0],
        ],
        4,
      );
    }
  });

  test("Roessler: the inner one has the published eigenvalues", async () => {
    const { points } = await findFixedPoints({ flow: roessler }, cloud(128, [0, 0, 1], 4), quick);
    const inner = points.find(({ state }) => Math.abs(state[0]!) < 1)!;
    const x = (5.7 - Math.sqrt(5.7 ** 2 - 0.16)) / 2;
    expectState(inner, [x, -5 * x, 5 * x], 5);
    expectValues(
      eulerEigenvalues(inner.eigenvalues, 0.16881835460662842),
      [
        [1.0164, 0.168],
        [1.0164, -0.168],
        [0.04, 0],
      ],
      3,
    );
    for (const { state } of points) {
      const [a, b, c] = state as unknown as [number, number, number];
      expect(Math.abs(a * a - 5.7 * a + 0.04)).toBeLessThan(1e-3); // both points solve this
      expect([b, c]).toEqual([expect.closeTo(-5 * a, 3), expect.closeTo(5 * a, 3)]);
    }
  });

  test("Duffing: two stable foci and a saddle between them", async () => {
    const { points } = await findFixedPoints({ flow: duffing }, cloud(64, [0, 0], 1), quick);
    const [left, middle, right] = sorted(points) as [FixedPoint, FixedPoint, FixedPoint];
    expect(points.length).toBe(3);
    expect(sorted(points).map(({ stability, kind }) => `${stability} ${kind}`)).toEqual([
      "stable focus",
      "saddle node",
      "stable focus",
    ]);
    expectState(left, [-1, 0]);
    expectState(middle, [0, 0]);
    expectState(right, [1, 0]);
  });

  test("a limit cycle: its unstable focus and no point of the cycle", async () => {
    const { points, slowPoints } = await findFixedPoints({ flow: cycle }, cloud(64, [1, -2], 1), quick);
    expect(points.length).toBe(1);
    expect(slowPoints).toEqual([]);
    expectState(points[0]!, [1, -2]);
    expect([points[0]!.stability, points[0]!.kind]).toEqual(["unstable", "focus"]);
    expectValues(
      points[0]!.eigenvalues,
      [
        [1, 3],
        [1, -3],
      ],
      4,
    );
  });

  test("a system without fixed points has slow points, and none is called converged", async () => {
    const { points, slowPoints } = await findFixedPoints({ flow: ghost }, cloud(64, [0.5, 0], 0.5), quick);
    expect(points).toEqual([]);
    expect(slowPoints.length).toBeGreaterThan(0);
    for (const { q, state } of slowPoints) {
      expect(q).toBeGreaterThan(0.999 * 0.5 * 0.03 ** 2);
      expect(Math.cos(state[0]!)).toBeGreaterThan(0.9); // about the minimum of the speed
    }
  });

  test.each([
    ["far from the origin", ghostFarAway, [0.5, 1000]],
    ["beside a stiff coordinate", ghostBesideStiff, [0.5, 0]],
  ] as const)(
    "a minimum of the speed below the rounding of another coordinate is slow: %s",
    async (_, flow, centre) => {
      const { points, slowPoints } = await findFixedPoints({ flow }, cloud(64, centre, 0.5), quick);
      expect(points).toEqual([]);
      expect(slowPoints.some(({ q }) => q < 3e-10)).toBe(true);
    },
  );
});

describe.each(backends)("fixed points of maps (%s)", (backend) => {
  beforeAll(() => useBackend(backend));

  /** Four orthogonal patterns of 16 units. */
  const patterns = [0, 1, 2, 3].map((k) => Array.from({ length: 16 }, (_, i) => ((i >> k) & 1 ? 1 : -1)));

  test("a Hopfield network: all stored patterns and their negatives, stable", async () => {
    const hopfield = {
      map: (state: Tensor) => {
        const xi = tensor2d(patterns);
        return tanh(mul(3, mul(1 / 16, matMul(matMul(state, xi, false, true), xi))));
      },
    };
    let m = 1; // overlap of a stored state: m = tanh(3 m)
    for (let i = 0; i < 100; i++) m = Math.tanh(3 * m);
    let states: Float32Array = cloud(64, Array(16).fill(0), 1).data;
    const visited = Array.from({ length: 8 }, () => {
      states = tidy(() => hopfield.map(tensor2d(states, [64, 16])).dataSync() as Float32Array);
      return Array.from(states);
    });
    const starts = sampleStates(ndarray(Float32Array.from(visited.flat()), [8, 64, 16]), { count: 256 });
    const { points } = await findFixedPoints(hopfield, starts, quick);
    for (const sign of [1, -1]) {
      for (const pattern of patterns) {
        const found = points.filter(({ state }) =>
          pattern.every((value, i) => Math.abs(state[i]! - sign * m * value) < 1e-4),
        );
        expect(found.length).toBe(1);
        expect(found[0]!.stability).toBe("stable");
        expect(found[0]!.eigenvalues[0]!.re).toBeCloseTo(3 * (1 - m * m), 4);
      }
    }
    const next = (x: readonly number[]) =>
      tidy(() => Array.from(hopfield.map(tensor2d([[...x]])).dataSync()));
    for (const { state } of points) {
      const x = Array.from(state);
      next(x).forEach((value, i) => {
        expect(value).toBeCloseTo(x[i]!, 4);
      });
    }
  });

  test("a GRU cell whose fixed points are known, at every input of a sweep", async () => {
    // n = tanh(2 h + u) and z = 1/2 always, so that h = tanh(2 h + u): three points at u = 0, one at u = 1.
    const cell = new ClippedGruCell({ inputSize: 1, stateSize: 1 });
    const parameters = {
      weight_ih: tensor2d([[0], [0], [1]]),
      weight_hh: tensor2d([[0], [0], [2]]),
      bias_ih: tensor1d([0, 30, 0]), // the reset gate lets all through
    };
    const inputs = [[0], [1]];
    const { points } = await findFixedPoints(cellMap(cell, parameters), cloud(64, [0], 1), {
      ...quick,
      inputs,
    });
    const solve = (h: number, u: number) => {
      let x = h;
      for (let i = 0; i < 200; i++) x = Math.tanh(2 * x + u);
      return x;
    };
    const at = (u: number) => sorted(points.filter(({ input }) => input![0] === u));
    expect(at(0).map(({ stability }) => stability)).toEqual(["stable", "unstable", "stable"]);
    [-solve(1, 0), 0, solve(1, 0)].forEach((h, i) => {
      expectState(at(0)[i]!, [h], 5);
      expectValues(at(0)[i]!.eigenvalues, [[0.5 + (1 - h * h), 0]], 4); // half of h, half of the change of n
    });
    expect(at(1).length).toBe(1);
    expectState(at(1)[0]!, [solve(1, 1)], 5);
  });

  test("finds points of a random GRU that its map indeed keeps, and counts every start once", async () => {
    const cell = new ClippedGruCell({ inputSize: 0, stateSize: 12 });
    const parameters = cell.init(RandomStream.fromSeed(5));
    const starts = cloud(100, Array(12).fill(0), 1);
    const { points, slowPoints, outliers, diverged } = await findFixedPoints(
      cellMap(cell, parameters),
      starts,
    );
    expect(points.length).toBeGreaterThan(0);
    for (const { state, q } of points) {
      const error = tidy(() => {
        const x = tensor2d(Float32Array.from(state), [1, 12]);
        return norm(sub(cell.step(parameters, null, x), x)).dataSync()[0]!;
      });
      expect(error).toBeLessThan(3e-6);
      expect(q).toBeLessThan(1e-11);
    }
    const counted = [...points, ...slowPoints].reduce((sum, point) => sum + point.starts, 0);
    expect(counted + outliers + diverged).toBe(100);
  });
});

describe("findFixedPoints", () => {
  beforeAll(() => useBackend("cpu"));

  test("drops outliers and starts that diverge, and counts them", async () => {
    // Fixed points at 0 and 1000.
    const far = { flow: (x: Tensor) => mul(x, sub(1, mul(x, 1e-3))) };
    const starts = ndarray(Float32Array.from([-1, 0.5, 1, 0.2, 990]), [5, 1]);
    const near = ndarray(starts.data.slice(0, 4), [4, 1]);
    const { points, outliers } = await findFixedPoints(far, starts, {
      ...quick,
      outlierFactor: 2,
    });
    expect(points.map(({ state }) => Math.round(state[0]!))).toEqual([0]);
    expect(outliers).toBe(1);
    expect((await findFixedPoints(far, near, quick)).outliers).toBe(0);
    const root = { flow: (x: Tensor) => sub(sqrt(x), 1) }; // NaN below 0
    const blown = await findFixedPoints(root, near, quick);
    expect(blown.points.map(({ state }) => state[0])).toEqual([expect.closeTo(1, 5)]);
    expect(blown.diverged).toBe(1);
  });

  test("a piecewise linear map whose Jacobian has no inverse in parts", async () => {
    const map = (x: Tensor) => add(relu(x), scalar(0.5)); // x = x + 0.5: none for x > 0; 0.5 is no fixed point
    const { points, slowPoints } = await findFixedPoints({ map }, cloud(16, [0], 1), quick);
    expect(points).toEqual([]);
    for (const { q } of slowPoints) expect(q).toBeGreaterThan(0.1);
  });

  test("same starts, same points; leaves no tensors", async () => {
    const before = memory().numTensors;
    const once = await findFixedPoints({ flow: duffing }, cloud(32, [0, 0], 1), quick);
    expect(memory().numTensors).toBe(before);
    expect(await findFixedPoints({ flow: duffing }, cloud(32, [0, 0], 1), quick)).toEqual(once);
  });

  test("reports progress, and stops with the signal's reason without a tensor left", async () => {
    const before = memory().numTensors;
    const phases: string[] = [];
    await findFixedPoints({ flow: duffing }, cloud(8, [0, 0], 1), {
      ...quick,
      onProgress: ({ phase, iteration }) => phases.push(`${phase} ${iteration}`),
    });
    expect(phases).toContain("descent 50");
    expect(phases).toContain("newton 0");
    const controller = new AbortController();
    const aborted = findFixedPoints({ flow: duffing }, cloud(8, [0, 0], 1), {
      onProgress: ({ iteration }) => iteration === 100 && controller.abort(new Error("enough")),
      signal: controller.signal,
    });
    await expect(aborted).rejects.toThrow("enough");
    expect(memory().numTensors).toBe(before);
  });

  test.each([
    [
      ndarray(Float32Array.from([1, Number.NaN]), [1, 2]),
      {},
      "findFixedPoints: starts must be finite, got NaN in row 0",
    ],
    [
      ndarray(new Float32Array(0), [0, 2]),
      {},
      "findFixedPoints: starts must be [..., size] and not empty, got [0,2]",
    ],
    [
      ndarray(new Float32Array(3), [3]),
      {},
      "findFixedPoints: starts must be [..., size] and not empty, got [3]",
    ],
    [
      cloud(2, [0, 0], 1),
      { inputs: [[Number.NaN]] },
      "findFixedPoints: inputs must be finite and of one size, got [NaN]",
    ],
    [cloud(2, [0, 0], 1), { tolerance: 0 }, "findFixedPoints: tolerance must be positive, got 0"],
    [cloud(2, [0, 0], 1), { iterations: 1.5 }, "findFixedPoints: iterations must be a whole number, got 1.5"],
  ])("refuses %o %o", async (starts, options, message) => {
    await expect(findFixedPoints({ flow: duffing }, starts, options)).rejects.toThrow(message);
  });

  test("refuses a cell with states or inputs of another size", async () => {
    const cell = new ClippedGruCell({ inputSize: 1, stateSize: 3 });
    const parameters = cell.init(RandomStream.fromSeed(0));
    const map = cellMap(cell, parameters);
    await expect(findFixedPoints(map, cloud(2, [0, 0], 1), { inputs: [[0]] })).rejects.toThrow(
      "cellMap: states must be [rows, 3], got [2,2]",
    );
    await expect(findFixedPoints(map, cloud(2, [0, 0, 0], 1))).rejects.toThrow(
      "cellMap: the cell needs inputs of size 1, got none",
    );
  });
});

describe("sampleStates", () => {
  test("takes states of the trajectories, adds noise, repeats with its seed", () => {
    const states = ndarray(
      Float32Array.from({ length: 60 }, (_, i) => i),
      [5, 4, 3],
    );
    const exact = sampleStates(states, { count: 500, noise: 0 });
    expect(exact.shape).toEqual([500, 3]);
    const firsts = new Set(exact.data.filter((_, i) => i % 3 === 0));
    expect(firsts.size).toBe(20);
    for (let i = 0; i < 1500; i += 3) {
      expect(exact.data[i]! % 3).toBe(0);
      expect([exact.data[i + 1], exact.data[i + 2]]).toEqual([exact.data[i]! + 1, exact.data[i]! + 2]);
    }
    const noisy = sampleStates(states, { count: 500, noise: 0.1 });
    const deviations = noisy.data.map((value, i) => value - exact.data[i]!);
    expect(Math.sqrt(deviations.reduce((sum, d) => sum + d * d, 0) / 1500)).toBeCloseTo(0.1, 1.5);
    expect(sampleStates(states, { count: 500, noise: 0.1 })).toEqual(noisy);
    expect(sampleStates(states, { count: 500, noise: 0.1, seed: 1 })).not.toEqual(noisy);
  });

  test.each([
    [{ count: 0 }, "sampleStates: count must be a whole number above 0, got 0"],
    [{ noise: -1 }, "sampleStates: noise must be finite and not negative, got -1"],
  ])("refuses %o", (options, message) => {
    expect(() => sampleStates(cloud(2, [0, 0], 1), options)).toThrow(message);
  });
});
