import type { KernelPath } from "lfads";
import { readHdf5Arrays } from "lfads/hdf5";
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { inNode } from "./inNode";
import { type Served, serve, serveBuilt } from "./servers";
import { smallFile, smallSettings } from "./small";
import { launch, StudioPage } from "./studioPage";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const RATES = "Rates and factors (HDF5)";
const MODEL = "Model (safetensors)";
const STATE = "Training state (safetensors)";

describe.each([
  { name: "served", start: serve },
  { name: "built", start: serveBuilt },
])("the page, $name", ({ name, start }) => {
  let served: Served;
  beforeAll(async () => {
    served = await start();
  });
  afterAll(() => served.close());

  /** A page with the small file. */
  async function withSmallFile(): Promise<StudioPage> {
    const studio = await StudioPage.open(browser, served.url);
    onTestFinished(() => studio.close());
    await studio.dropSmall();
    return studio;
  }

  test("trains on a file that was dropped, and saves what Node computes", async () => {
    const studio = await withSmallFile();
    expect(await studio.text("#facts")).toBe(
      "48 training and 12 validation trials of 15 bins of 10 ms; 9 channels, 2 of them held out",
    );
    expect(await studio.text("#file-name")).toBe("small.h5");
    await studio.screenshot(`${name}-start`);
    await studio.page.click("#train");
    await studio.until("Done after 6 epochs");
    expect(await studio.text("#runs-on")).toMatch(/^wasm, (relaxed-)?simd kernels, \d+ threads?$/);
    expect(await studio.text("#scores")).toMatch(
      /R² of rates\s+−?\d+\.\d{3}\s+held-in bits\/spike[\s\S]*co-bps/,
    );

    const saved = await readHdf5Arrays(await studio.save(RATES));
    const path = saved.attributes.kernel_path as KernelPath;
    const expected = await inNode(await smallFile(), smallSettings, path);
    const inFile = await readHdf5Arrays(expected["lfads-rates.h5"]!);
    expect(saved.arrays.valid_output_params!.shape).toEqual([12, 15, 9]);
    expect(Object.keys(saved.arrays)).toHaveLength(6);
    expect(saved).toEqual(inFile);
    expect(Buffer.compare(await studio.save(MODEL), expected["lfads-model.safetensors"]!)).toBe(0);
    expect(studio.errors).toEqual([]);
  });

  test("paused, looked at and resumed, it ends with the state that Node ends with undisturbed", async () => {
    const studio = await withSmallFile();
    await studio.set({ epochs: 500 });
    await studio.page.click("#train");
    await studio.untilEpoch(2);
    await studio.page.fill("#trial", "7");
    await studio.page.click("#pause");
    await studio.until("Paused");
    expect(await studio.page.getAttribute("#trial-canvas", "aria-label")).toMatch(
      /^Validation trial 7: .*inferred rates/,
    );
    const paused = await readHdf5Arrays(await studio.save(RATES));
    const epochs = Number(paused.attributes.epochs_trained) + 3;
    await studio.set({ epochs, factors: 5 });
    await studio.page.click("#pause");
    await studio.until(`Done after ${epochs} epochs`);
    expect(await studio.page.inputValue("[name=factors]"), "of the model as it is").toBe("4");
    const path = paused.attributes.kernel_path as KernelPath;
    const expected = await inNode(await smallFile(), { ...smallSettings, epochs }, path);
    expect(Buffer.compare(await studio.save(STATE), expected["lfads-training.safetensors"]!)).toBe(0);
    expect(studio.errors).toEqual([]);
  });
});
