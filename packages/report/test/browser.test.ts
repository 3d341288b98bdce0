// The page in a real browser: nothing fails, nothing is fetched, nothing hangs over.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { BROWSERS, findBrowser } from "../../../testing/browser.ts";
import { renderReport } from "../src/index.ts";
import { FOUR, writeRuns } from "./synthetic-runs.ts";

test("opens without error or request, in light and dark, wide and narrow", async (ctx) => {
  const executablePath = findBrowser();
  if (!executablePath) return ctx.skip(`none of ${BROWSERS.join(", ")} is on the PATH`);
  const folder = await writeRuns(FOUR);
  const out = await renderReport(folder, {
    out: join(folder, "report.html"),
    title: "Digits",
    resamples: 50,
  });
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1240, height: 900 } });
    const problems: string[] = [];
    const requests: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => problems.push(message.text()));
    page.on("request", (request) => requests.push(request.url()));
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(pathToFileURL(out).href);
    expect(requests).toEqual([pathToFileURL(out).href]);

    const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(await background()).toBe("rgb(255, 255, 255)");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await background()).toBe("rgb(22, 24, 27)");

    for (const svg of await page.locator("figure svg").all()) {
      const box = await svg.boundingBox();
      expect(box!.width).toBeGreaterThan(600);
      expect(box!.height).toBeGreaterThan(100);
    }
    // A browser takes the files out without a request; one of each kind stands for the others.
    for (const name of ["reliability.vl.json", "reliability.csv"]) {
      const link = page.locator(`a[download="${name}"]`);
      const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
      expect([file.suggestedFilename(), await file.failure()]).toEqual([name, null]);
    }
    for (const details of await page.locator("details").all()) {
      await details.locator("summary").press("Enter");
      expect(await details.getAttribute("open")).toBe("");
    }
    for (const width of [1240, 420]) {
      await page.setViewportSize({ width, height: 900 });
      // Wide tables and figures scroll by themselves; the page does not.
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
        width,
      );
    }
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
  }
});
