import { Error as ERRORS_ONLY, parse, resetSVGDefIds, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { Html, html, scriptJson } from "../html.ts";

/** A figure before it is drawn. */
export interface Figure {
  /** Unique in the page; letters and dashes. */
  readonly id: string;
  readonly title: string;
  /** What it shows, for those who do not see it. */
  readonly description: string;
  readonly caption: string;
  /** Vega-Lite, without colours of the page: portable. */
  readonly spec: object;
}

// Text and lines take the page's colour, so that one drawing serves light and dark.
const CONFIG = {
  background: "transparent",
  font: "system-ui, sans-serif",
  aria: false,
  view: { stroke: "currentColor", strokeOpacity: 0.25 },
  axis: {
    labelColor: "currentColor",
    titleColor: "currentColor",
    domainColor: "currentColor",
    tickColor: "currentColor",
    gridColor: "currentColor",
    gridOpacity: 0.12,
    titleFontWeight: 500,
    labelFontSize: 11,
    titleFontSize: 12,
  },
  legend: {
    labelColor: "currentColor",
    titleColor: "currentColor",
    labelFontSize: 12,
    labelLimit: 400,
    orient: "bottom",
    symbolStrokeWidth: 2.5,
  },
  title: {
    color: "currentColor",
    subtitleColor: "currentColor",
    fontSize: 13,
    subtitleFontSize: 11,
  },
};

/** Ids that are unique in the page, and no namespace, which HTML does not need. */
const inline = (svg: string, id: string): string =>
  svg
    .replaceAll(/ xmlns(:xlink)?="[^"]*"/g, "")
    .replaceAll(/id="([^"]+)"/g, `id="${id}-$1"`)
    .replaceAll(/url\(#([^)]+)\)/g, `url(#${id}-$1)`);

/** Draws a figure as inline SVG with its specification beside it. */
export async function renderFigure(figure: Figure): Promise<Html> {
  const { id, title, description, caption, spec } = figure;
  // Vega counts its ids through the whole process.
  resetSVGDefIds();
  const compiled = compile({ ...spec, config: CONFIG } as TopLevelSpec).spec;
  const view = new View(parse(compiled), { renderer: "none", logLevel: ERRORS_ONLY });
  const drawn = inline(await view.toSVG(), id);
  view.finalize();
  const svg = new Html(
    drawn.replace("<svg", html`<svg role="img" aria-label="${description}"`.text),
  );
  return html`<figure id="${id}">
<h3>${title}</h3>
<div class="drawing">${svg}</div>
<figcaption>${caption}</figcaption>
<script type="application/json" id="${id}-spec">${scriptJson(spec)}</script>
</figure>
`;
}
