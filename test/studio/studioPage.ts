import { mkdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import type { Settings } from "../../examples/browser/settings";
import { smallChange, smallFile } from "./small";

const SCREENSHOTS = fileURLToPath(new URL("../../out/studio", import.meta.url));

/** Debian's Chromium, whose software renderer gives WebGL and WebGPU. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--enable-unsafe-webgpu"], // root has no sandbox
  });
}

/** The page as its user sees it. */
export class StudioPage {
  /** Errors that nobody caught. */
  readonly errors: string[] = [];

  private constructor(readonly page: Page) {
    page.setDefaultTimeout(0);
    page.on("pageerror", ({ message }) => this.errors.push(message));
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<StudioPage> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
    const studio = new StudioPage(await context.newPage());
    await studio.page.goto(url);
    await studio.until("Ready to train");
    return studio;
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  text(selector: string): Promise<string> {
    return this.page.locator(selector).innerText();
  }

  /** Waits for a status that begins with this; fails on an error that was not expected. */
  async until(status: string): Promise<void> {
    const outcome = await this.page.waitForFunction((start) => {
      const text = document.querySelector("#status")?.textContent ?? "";
      const error = document.querySelector("#error")?.textContent ?? "";
      return text.startsWith(start) ? "reached" : error;
    }, status);
    const reached = await outcome.jsonValue();
    if (reached !== "reached") throw new Error(`the page says: ${reached}`);
  }

  /** Waits until so many epochs are done. */
  async untilEpoch(epoch: number): Promise<void> {
    await this.page.waitForFunction(
      (least) => (document.querySelector("progress")?.value ?? 0) >= least,
      epoch,
    );
  }

  async set(settings: Partial<Settings>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) {
      await this.page.fill(`input[name=${name}]`, String(value));
    }
  }

  /** Drops a file onto the page. */
  async drop(name: string, bytes: Uint8Array): Promise<void> {
    const dataTransfer = await this.page.evaluateHandle(
      ({ name, values }) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(values)], name));
        return transfer;
      },
      { name, values: [...bytes] },
    );
    await this.page.dispatchEvent("body", "dragover", { dataTransfer });
    await this.page.dispatchEvent("body", "drop", { dataTransfer });
  }

  /** Drops the small file, and chooses settings that suit it. */
  async dropSmall(): Promise<void> {
    await this.drop("small.h5", await smallFile());
    await this.page.waitForFunction(() => document.querySelector("#facts")?.textContent?.startsWith("48 "));
    await this.until("Ready to train");
    await this.set(smallChange);
  }

  /** Presses a button of the results and returns what is saved. */
  async save(button: string): Promise<Uint8Array> {
    const download = this.page.waitForEvent("download");
    await this.page.getByRole("button", { name: button }).click();
    return readFile(await (await download).path());
  }

  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
  }
}
