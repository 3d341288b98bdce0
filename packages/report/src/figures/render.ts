import { Error as ERRORS_ONLY, parse, resetSVGDefIds, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { csvLines } from "../format-csv.ts";
import { Html, html } from "../html.ts";
import type { Figure, FigureTable } from "./figure.ts";

// Text and lines take the page's colour, so that one drawing serves light and dark; black in a file of its own.
const CONFIG = {
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

/** How many lines of a figure's numbers the page shows; the file that it offers has all. */
const MOST_LINES = 200;

/** Ids that are unique in the page, and no namespace, which HTML does not need. */
const inline = (svg: string, id: string): string =>
  svg
    .replaceAll(/ xmlns(:xlink)?="[^"]*"/g, "")
    .replaceAll(/id="([^"]+)"/g, `id="${id}-$1"`)
    .replaceAll(/url\(#([^)]+)\)/g, `url(#${id}-$1)`);

const written = (value: string | number): string => {
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return "–";
  return String(Number(value.toPrecision(5))).replace("-", "−");
};

/** The numbers behind a figure, for those who read them. */
function numbersHtml(title: string, { columns, rows }: FigureTable): Html {
  const shown = rows.slice(0, MOST_LINES);
  const more = rows.length - shown.length;
  const note = more > 0 ? ` The first ${MOST_LINES} of ${rows.length} lines.` : "";
  const label = `Numbers of the figure: ${title}`;
  return html`<details><summary>${label}</summary><div class="scroll" role="region" tabindex="0" aria-label="${label}"><table>
<caption>${label}.${note}</caption>
<thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${shown.map(
  ([
    head,
    ...cells
  ]) => html`<tr><th scope="row">${written(head!)}</th>${cells.map((cell) => html`<td>${written(cell)}</td>`)}</tr>
`,
)}</tbody>
</table></div></details>
`;
}

/** A file that the page carries within itself. */
const download = (type: string, name: string, content: string, text: string): Html =>
  html`<a download="${name}" href="data:${type};base64,${Buffer.from(content).toString("base64")}">${text}</a>`;

const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";

/** How a figure stands in the page. */
export interface Placement {
  /** Unique in the page. */
  readonly id: string;
  /** 3 below an `<h2>`. */
  readonly level: number;
}

/** Draws a figure as SVG that says what it shows. */
export async function drawFigure(
  { spec, description }: Figure,
  background: "white" | "transparent",
): Promise<string> {
  // Vega counts its ids through the whole process.
  resetSVGDefIds();
  const compiled = compile({ ...spec, config: { ...CONFIG, background } } as TopLevelSpec).spec;
  const view = new View(parse(compiled), { renderer: "none", logLevel: ERRORS_ONLY });
  const svg = await view.toSVG();
  view.finalize();
  return svg.replace("<svg", html`<svg role="img" aria-label="${description}"`.text);
}

/** A figure's specification with its data, for Vega-Lite. */
export const vegaLiteOf = ({ description, spec }: Figure): string =>
  JSON.stringify({ $schema: SCHEMA, description, ...spec });

/** A figure's numbers. */
export const csvOf = ({ table: { columns, rows } }: Figure): string =>
  `${csvLines([columns, ...rows])}\r\n`;

/** A figure as inline SVG, with its numbers, and its specification and data to take out. */
export async function renderFigure(figure: Figure, { id, level }: Placement): Promise<Html> {
  const { title, caption, table } = figure;
  const svg = new Html(inline(await drawFigure(figure, "transparent"), id));
  const heading = new Html(String(level));
  return html`<figure id="${id}" aria-labelledby="${id}-title">
<h${heading} id="${id}-title">${title}</h${heading}>
<div class="drawing" role="region" tabindex="0" aria-label="${title}">${svg}</div>
<figcaption>${caption}</figcaption>
<p class="files">${download("application/json", `${id}.vl.json`, vegaLiteOf(figure), "Vega-Lite specification")} ${download("text/csv", `${id}.csv`, csvOf(figure), "data as CSV")}</p>
${numbersHtml(title, table)}</figure>
`;
}
