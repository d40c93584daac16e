import { writeHdf5Arrays } from "lfads/hdf5";
import type { Browser, BrowserContextOptions } from "playwright";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { BACKENDS } from "../../examples/browser/messages";
import { type Served, serve } from "./servers";
import { smallChange, smallFile } from "./small";
import { launch, StudioPage } from "./studioPage";

let browser: Browser;
let served: Served;
beforeAll(async () => {
  browser = await launch();
  served = await serve();
});
afterAll(async () => {
  await served.close();
  await browser.close();
});

async function open(options: BrowserContextOptions = {}): Promise<StudioPage> {
  const studio = await StudioPage.open(browser, served.url, options);
  onTestFinished(() => studio.close());
  return studio;
}

async function openWithSmallFile(): Promise<StudioPage> {
  const studio = await open();
  await studio.dropSmall();
  return studio;
}

test.each([
  { source: "s1", facts: "52 channels" },
  { source: "reach", facts: "24 channels" },
])("the recording $source trains", async ({ source, facts }) => {
  const studio = await open();
  await studio.page.check(`input[value=${source}]`);
  await studio.page.waitForFunction(
    (part) => document.querySelector("#facts")?.textContent?.includes(part),
    facts,
  );
  await studio.until("Ready to train");
  await studio.set({ epochs: 1, encoderUnits: 8, generatorUnits: 8 });
  await studio.page.click("#train");
  await studio.until("Done after 1");
  expect(studio.errors).toEqual([]);
  await studio.screenshot(source);
});

describe("data that cannot be used", () => {
  test.each([
    {
      what: "text",
      bytes: async () => new TextEncoder().encode("no data"),
      says: /this is not an HDF5 file/,
    },
    {
      what: "another layout",
      bytes: () => writeHdf5Arrays({ spikes: { data: new Float32Array(6), shape: [2, 3] } }),
      says: /the file must have train_encod_data and train_recon_data, got spikes/,
    },
  ])("is refused in words, and the page goes on: $what", async ({ bytes, says }) => {
    const studio = await openWithSmallFile();
    await studio.drop("wrong.h5", await bytes());
    await studio.page.locator("#error:not([hidden])").waitFor();
    expect(await studio.page.getByRole("alert").innerText()).toMatch(says);
    expect(await studio.text("#file-name"), "the data that is still there").toBe("small.h5");
    await studio.page.click("#train");
    await studio.until("Done after 6 epochs");
    expect(await studio.page.getByRole("alert").count()).toBe(0);
  });

  test("does not disturb a training, nor does a good file", async () => {
    const studio = await openWithSmallFile();
    await studio.set({ epochs: 500 });
    await studio.page.click("#train");
    await studio.untilEpoch(1);
    await studio.drop("other.h5", await smallFile());
    await studio.page.locator("#error:not([hidden])").waitFor();
    expect(await studio.text("#error")).toBe("Pause the training before you load other data.");
    await studio.untilEpoch(4);
  });
});

describe.each(BACKENDS)("the backend %s", (backend) => {
  test("trains", async () => {
    const studio = await openWithSmallFile();
    await studio.set({ epochs: 1, batchSize: 48 });
    // Without this program a software renderer takes minutes for products of matrices.
    await studio.page.workers()[0]!.evaluate(() => {
      const { _tfengine } = globalThis as unknown as {
        _tfengine: { ENV: { set(flag: string, value: number): void } };
      };
      _tfengine.ENV.set("WEBGPU_MATMUL_PROGRAM_TYPE", 2);
    });
    await studio.page.selectOption("#backend", backend);
    await studio.page.click("#train");
    await studio.until("Done after 1");
    expect(await studio.text("#runs-on")).toMatch(new RegExp(`^${backend}, `));
    expect(await studio.page.locator(".plot").first().getAttribute("aria-label")).toMatch(
      /^Reconstruction loss up to epoch 1, now: training [\d.]+, validation [\d.]+$/,
    );
    expect(studio.errors).toEqual([]);
  });
});

test("a WebGL context that is lost is told, and the next training runs", async () => {
  const studio = await openWithSmallFile();
  const worker = studio.page.workers()[0]!;
  // The backend's context is the last one that is made.
  await worker.evaluate(() => {
    const { prototype } = OffscreenCanvas;
    const getContext = prototype.getContext as (
      this: OffscreenCanvas,
      kind: string,
    ) => WebGL2RenderingContext;
    Object.assign(prototype, {
      getContext(this: OffscreenCanvas, kind: string) {
        const context = getContext.call(this, kind);
        const loseContext = () => context.getExtension("WEBGL_lose_context")!.loseContext();
        return Object.assign(globalThis, { loseContext }) && context;
      },
    });
  });
  await studio.set({ epochs: 500, batchSize: 48 });
  await studio.page.selectOption("#backend", "webgl");
  await studio.page.click("#train");
  await studio.untilEpoch(1);
  await worker.evaluate(() => (globalThis as unknown as { loseContext(): void }).loseContext());
  await studio.page.locator("#error:not([hidden])").waitFor();
  expect(await studio.text("#error")).toBe("the WebGL context was lost");
  await studio.page.waitForFunction(
    () => document.querySelector("#status")?.textContent === "Ready to train",
  );
  await studio.set(smallChange);
  await studio.page.selectOption("#backend", "wasm");
  await studio.page.click("#train");
  await studio.until("Done after 6 epochs");
});
