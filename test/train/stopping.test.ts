import { beforeAll, expect, test } from "vitest";
import type { FitOptions } from "../../src/train";
import { useBackend } from "../backend";
import { scores, tinyData, trainOn } from "./support";

beforeAll(() => useBackend("cpu"));

const data = tinyData();
const train = (options: FitOptions) => trainOn(data, options);

const rising = (epochs = 20) => scores(Array.from({ length: epochs }, (_, i) => i));

test.each<[FitOptions, number]>([
  [{ klRamp: {}, l2Ramp: {} }, 4], // 0 does not count, 1 is the best, 2 and 3 are worse
  [{ klRamp: { increase: 3 }, l2Ramp: {} }, 7],
  [{ klRamp: {}, l2Ramp: { start: 1, increase: 3 } }, 8],
  [{ klRamp: { start: 2 }, l2Ramp: { start: 1 } }, 6],
])("early stopping begins when the ramps %o are done", async (ramps, epochs) => {
  const options = { ...ramps, batchSize: 100, earlyStopping: { patience: 2 } };
  const { history, stopReason } = await train({ ...options, epochs: 20, score: rising() });
  expect([history.length, stopReason]).toEqual([epochs, "converged"]);
});

test.each<[number, string]>([
  [3, "epochs"],
  [4, "converged"],
])("with room for %d epochs, four of which it takes to converge, it ends by %s", async (epochs, reason) => {
  const { history, stopReason } = await train({
    klRamp: {},
    l2Ramp: {},
    batchSize: 100,
    earlyStopping: { patience: 2 },
    epochs,
    score: rising(),
  });
  expect([history.length, stopReason]).toEqual([epochs, reason]);
});

test("it does not stop early when told not to, nor with the ramps of the defaults", async () => {
  const ramps = { klRamp: {}, l2Ramp: {} };
  const options = { batchSize: 100, epochs: 5, score: rising() };
  const without = await train({ ...options, ...ramps, earlyStopping: false });
  expect([without.history.length, without.stopReason]).toEqual([5, "epochs"]);
  const byDefault = await train({ ...options, score: rising(), earlyStopping: { patience: 1 } });
  expect(byDefault.stopReason).toBe("epochs");
  expect(byDefault.history.map(({ klRamp }) => klRamp)).toEqual([1, 2, 3, 4, 5].map((n) => n / 81));
});

test("an aborted signal ends it between two batches", async () => {
  const controller = new AbortController();
  controller.abort();
  const before = await train({ epochs: 3, signal: controller.signal });
  expect([before.stopReason, before.state.epoch, before.state.batch]).toEqual(["aborted", 0, 0]);
  const later = new AbortController();
  const { stopReason, state, history } = await train({
    epochs: 3,
    signal: later.signal,
    onProgress: ({ epoch, batch }) => void (epoch === 1 && batch === 2 && later.abort()),
  });
  expect([stopReason, state.epoch, state.batch, history.length]).toEqual(["aborted", 1, 2, 1]);
});
