import type { RunRecord } from "@sd/runs";
import type { Outcome } from "./figures/outcomes.ts";
import { bestRow, formatInterval, formatNumber, headingOf } from "./format-number.ts";
import { type Html, html } from "./html.ts";
import { METRICS, type MetricDefinition } from "./metric-table.ts";
import type { ResultRow } from "./results.ts";

const direction = ({ better }: MetricDefinition): string =>
  better === null ? "" : better === "higher" ? "higher is better" : "lower is better";

const seedsOf = ({ seeds }: ResultRow): string =>
  `${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}`;

/** One line a method: values with their intervals below. */
export function resultsHtml(rows: readonly ResultRow[], note: string): Html {
  const best = METRICS.map((metric) =>
    bestRow(
      rows.map((row) => row.metrics[metric.name]),
      metric,
    ),
  );
  const marked = best.some((row) => row >= 0);
  const head = METRICS.map(
    (metric) => html`<th scope="col">${headingOf(metric)}<small>${direction(metric)}</small></th>`,
  );
  const body = rows.map((row, r) => {
    const cells = METRICS.map((metric, m) => {
      const cell = row.metrics[metric.name];
      const kind = best[m] === r ? html` class="best"` : "";
      return html`<td${kind}>${formatNumber(cell.value, metric)}<small>${formatInterval(cell, metric)}</small></td>`;
    });
    return html`<tr><th scope="row">${row.label}<small>${seedsOf(row)}</small></th>${cells}</tr>
`;
  });
  const mark = marked
    ? `Shaded: best of its column, with an interval apart from that of ${rows[0]!.label}.`
    : "";
  return html`<div class="scroll"><table>
<caption>${note} ${mark}</caption>
<thead><tr><th scope="col">method</th>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
`;
}

/** What each column means. */
export const glossaryHtml = (): Html =>
  html`<dl>${METRICS.map(
    ({ label, meaning }) => html`<dt>${label}</dt><dd>${meaning}</dd>
`,
  )}</dl>`;

const share = (x: number): string => (Number.isNaN(x) ? "–" : x.toFixed(3));

/** The numbers of the reliability diagrams. */
export function reliabilityHtml(outcomes: readonly Outcome[]): Html {
  const body = outcomes.map(({ label, plain, scaled }) =>
    plain.map((bin, b) => {
      const after = scaled?.[b];
      const numbers = [bin.count, share(bin.confidence), share(bin.accuracy)];
      const scaledNumbers = after
        ? [after.count, share(after.confidence), share(after.accuracy)]
        : ["", "", ""];
      return html`<tr><th scope="row">${label}</th><td>${share(bin.lower)}–${share(bin.upper)}</td>${[...numbers, ...scaledNumbers].map((x) => html`<td>${x}</td>`)}</tr>
`;
    }),
  );
  const columns = [
    "confidence in",
    "images",
    "mean confidence",
    "accuracy",
    "images, scaled",
    "mean confidence, scaled",
    "accuracy, scaled",
  ];
  return html`<details><summary>Numbers of the reliability diagrams</summary><div class="scroll"><table>
<caption>Test images by confidence, as trained and after temperature scaling.</caption>
<thead><tr><th scope="col">method</th>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${body}</tbody>
</table></div></details>
`;
}

const text = (value: unknown): string => (value === undefined ? "–" : String(value));

/** Where the numbers come from: every finished run with its engine and configuration. */
export function runsHtml(records: readonly RunRecord[], names: readonly string[]): Html {
  const body = records.map(({ config, manifest, metrics, status }, i) => {
    const facts = [config.model, config.seed, metrics.length, manifest.engine, manifest.device];
    return html`<tr><th scope="row">${names[i]!}</th>${[...facts, status.state].map((value) => html`<td>${text(value)}</td>`)}</tr>
`;
  });
  const columns = ["model", "seed", "epochs", "engine", "device", "state"];
  const configs = records.map(
    (
      { config, manifest },
      i,
    ) => html`<details><summary>${names[i]!}</summary><pre>${JSON.stringify({ config, manifest }, null, 2)}</pre></details>
`,
  );
  return html`<div class="scroll"><table>
<caption>The runs behind the numbers.</caption>
<thead><tr><th scope="col">run</th>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
<h3 id="configurations">Configurations</h3>
${configs}`;
}
