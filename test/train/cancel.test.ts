import { beforeAll, expect, test } from "vitest";
import { fit } from "../../src/train";
import { useBackend } from "../backend";
import { tinierModel, tinyData } from "./support";

beforeAll(() => useBackend("cpu"));

test("a timer can stop a training: it leaves the event loop free", async () => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 200);
  const model = tinierModel();
  const { stopReason } = await fit(model, tinyData(), {
    epochs: 100_000,
    earlyStopping: false,
    signal: controller.signal,
  });
  clearTimeout(timer);
  expect(stopReason).toBe("aborted");
  model.dispose();
});
