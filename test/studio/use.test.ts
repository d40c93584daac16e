import type { Browser, BrowserContextOptions } from "playwright";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Served, serve } from "./servers";
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

test("the keyboard reaches everything in the order of the page, and trains", async () => {
  const studio = await open();
  const { page } = studio;
  const focused = () =>
    page.evaluate(() => {
      const { id, name, tagName } = document.activeElement as HTMLInputElement;
      return id || name || tagName;
    });
  const order: string[] = [];
  do {
    await page.keyboard.press("Tab");
    order.push(await focused());
  } while (order.at(-1) !== "factors-canvas");
  expect(order).toEqual([
    ...["source", "file", "backend", "threads"],
    ...["SUMMARY", "encoderUnits", "generatorUnits", "factors", "inferredInputs"],
    ...["SUMMARY", "epochs", "batchSize", "learningRate", "seed"],
    ...[
      "SUMMARY",
      "dropout",
      "coordinatedDropout",
      "klInitialCondition",
      "klInferredInputs",
      "l2",
      "rampEpochs",
    ],
    ...["train", "trial", "previous", "next", "turn", "factors-canvas"],
  ]);

  await studio.set({ epochs: 2, encoderUnits: 8, generatorUnits: 8 });
  await page.focus("#train");
  await page.keyboard.press("Enter");
  expect(await focused()).toBe("pause");
  await page.keyboard.press("Space");
  await studio.until("Paused");
  await page.keyboard.press("Space");
  await studio.until("Done after 2 epochs");

  const label = () => page.getAttribute("#factors-canvas", "aria-label");
  await page.focus("#factors-canvas");
  const before = await label();
  await page.keyboard.press("ArrowRight");
  const turned = await label();
  expect(turned).not.toBe(before);
  await page.keyboard.press("ArrowLeft");
  expect(await label()).toBe(before);
});

test("every control has a name", async () => {
  const { page } = await open();
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLInputElement>("button, input, select, progress, [role=img]")]
      .filter((control) => {
        const texts = [
          control.ariaLabel,
          control.textContent,
          ...[...(control.labels ?? [])].map((l) => l.textContent),
        ];
        return !texts.some((text) => text?.trim());
      })
      .map(({ outerHTML }) => outerHTML),
  );
  expect(nameless).toEqual([]);
});

test("the page goes on while it trains", async () => {
  const studio = await open();
  const { page } = studio;
  await page.click("#train");
  await studio.untilEpoch(1);
  const { frames, blocked, milliseconds } = await page.evaluate(async () => {
    const progress = document.querySelector("progress")!;
    const begin = { at: performance.now(), value: progress.value };
    let [blocked, frames] = [0, 0];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) blocked += duration;
    });
    observer.observe({ entryTypes: ["longtask"] });
    while (progress.value < begin.value + 2) {
      await new Promise(requestAnimationFrame);
      frames++;
    }
    return { frames, blocked, milliseconds: performance.now() - begin.at };
  });
  expect(frames, "two epochs long").toBeGreaterThan(10);
  expect(blocked / milliseconds, "share of time in which the page could not answer").toBeLessThan(0.25);
});

test.each([
  { name: "desktop-light", width: 1400, colorScheme: "light" },
  { name: "desktop-dark", width: 1400, colorScheme: "dark" },
  { name: "phone-light", width: 390, colorScheme: "light" },
  { name: "phone-dark", width: 390, colorScheme: "dark" },
] as const)("nothing sticks out of the page: $name", async ({ name, width, colorScheme }) => {
  const studio = await open({ viewport: { width, height: 844 }, colorScheme });
  await studio.screenshot(`${name}-start`);
  await studio.page.$$eval("details", (all) => {
    for (const details of all) details.open = true;
  });
  await studio.set({ epochs: 8 });
  await studio.page.click("#train");
  await studio.untilEpoch(3);
  await studio.screenshot(`${name}-training`);
  await studio.until("Done");
  await studio.screenshot(`${name}-done`);
  const outside = await studio.page.evaluate(() =>
    [...document.querySelectorAll("main *, header *")]
      .filter((part) => part.getBoundingClientRect().right > innerWidth)
      .map(({ outerHTML }) => outerHTML.slice(0, 80)),
  );
  expect(outside).toEqual([]);
});
