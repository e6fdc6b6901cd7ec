import type { Browser, Page } from "playwright-core";

/** What a page did that it should not have. */
export interface Opened extends AsyncDisposable {
  readonly page: Page;
  readonly requests: string[];
  readonly errors: string[];
  /** Resolves once everything that was asked for has come, and is drawn. */
  settle(): Promise<void>;
}

/** How a page looks. */
export interface PageOptions {
  readonly width?: number;
  readonly dark?: boolean;
}

/** Opens a page of the viewer, and waits for its runs. */
export async function openPage(browser: Browser, url: string, options: PageOptions = {}): Promise<Opened> {
  const { width = 1280, dark = false } = options;
  const page = await browser.newPage({
    viewport: { width, height: 800 },
    colorScheme: dark ? "dark" : "light",
  });
  const [requests, errors]: [string[], string[]] = [[], []];
  const pending = new Set<unknown>();
  page.on("request", (request) => {
    requests.push(request.url());
    if (!request.url().endsWith("/api/live")) pending.add(request);
  });
  page.on("requestfinished", (request) => pending.delete(request));
  page.on("requestfailed", (request) => pending.delete(request));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("dialog", (dialog) => {
    errors.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  await page.waitForSelector(".run", { state: "attached" });
  const settle = async (): Promise<void> => {
    for (let idle = 0; idle < 3; idle = pending.size === 0 ? idle + 1 : 0) await drawnAgain(page);
  };
  return { page, requests, errors, settle, [Symbol.asyncDispose]: () => page.close() };
}

async function drawnAgain(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

/** The colours of the first canvas that is found, as one text. */
export function pixelsOf(page: Page, selector: string): Promise<string> {
  return page.evaluate((found) => document.querySelector<HTMLCanvasElement>(found)!.toDataURL(), selector);
}

/** The pixels once two looks in a row see the same. */
export async function settledPixels(page: Page, selector: string): Promise<string> {
  for (let before = ""; ;) {
    await drawnAgain(page);
    const now = await pixelsOf(page, selector);
    if (now === before) return now;
    before = now;
  }
}
