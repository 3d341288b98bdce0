import { expect, test } from "vitest";
import { colourOf, MOST_COLOURS } from "../src/figures/colours.ts";
import { STYLE } from "../src/style.ts";

/** The colours of the page by name: light, and dark as the second. */
const schemes = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) =>
  Object.fromEntries(
    [...body!.matchAll(/--(\w+): (#\w{6})/g)].map(([, name, hex]) => [name!, hex!]),
  ),
);

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

test("black on white is 21", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 10);
});

test.each([
  ["light", 0],
  ["dark", 1],
] as const)("text in the %s scheme has a contrast of 4.5 on all that it stands on", (_, at) => {
  const colours = schemes[at]!;
  for (const text of ["text", "soft", "link"]) {
    for (const ground of ["page", "raised", "good"]) {
      const ratio = contrast(colours[text]!, colours[ground]!);
      expect(ratio, `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test("lines and points have a contrast of 3 in both schemes", () => {
  for (const { page, raised } of schemes) {
    for (let i = 0; i < MOST_COLOURS; i++) {
      for (const ground of [page!, raised!]) {
        expect(contrast(colourOf(i), ground), `${colourOf(i)} on ${ground}`).toBeGreaterThanOrEqual(
          3,
        );
      }
    }
  }
});

test("numbers on a heat map are dark on light tones, whatever the page", () => {
  expect(contrast("#1c1e21", "#8fbbe3")).toBeGreaterThanOrEqual(4.5);
  expect(contrast("#1c1e21", "#eef3f9")).toBeGreaterThanOrEqual(4.5);
});
