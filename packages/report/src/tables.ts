import type { RunRecord } from "@sd/runs";
import {
  bestRow,
  differenceHeadingOf,
  formatInterval,
  formatNumber,
  formatP,
  formatSigned,
  formatSignedInterval,
  headingOf,
} from "./format-number.ts";
import { type Html, html } from "./html.ts";
import { COMPARED, METRICS, type MetricDefinition } from "./metric-table.ts";
import { markNote } from "./notes.ts";
import { comparedRows, type ResultsOfCell } from "./result-cells.ts";
import type { ResultRow } from "./results.ts";

const direction = ({ better }: MetricDefinition): string =>
  better === null ? "" : better === "higher" ? "higher is better" : "lower is better";

/** Numbers that follow each other as a range. */
function seedsText(seeds: readonly number[]): string {
  const runs = seeds.length > 2 && seeds.every((seed, i) => i === 0 || seed === seeds[i - 1]! + 1);
  const text = runs ? `${seeds[0]}–${seeds.at(-1)}` : seeds.join(", ");
  return `${seeds.length === 1 ? "seed" : "seeds"} ${text}`;
}

/** A table that scrolls by itself and can be reached by keyboard. */
const scrolling = (label: string, table: Html): Html =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${table}</div>
`;

const under = (title: string): string => (title ? `, ${title}` : "");

/** One line a method: values with their intervals below. */
export function resultsHtml({ rows, title }: ResultsOfCell): Html {
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
      const isBest = best[m] === r;
      const kind = isBest ? html` class="best"` : "";
      const mark = isBest ? html`<span class="unseen"> (best)</span>` : "";
      return html`<td${kind}>${formatNumber(cell.value, metric)}${mark}<small>${formatInterval(cell, metric)}</small></td>`;
    });
    return html`<tr><th scope="row">${row.shortLabel}<small>${seedsText(row.seeds)}</small></th>${cells}</tr>
`;
  });
  const label = `Results${under(title)}`;
  return scrolling(
    label,
    html`<table>
<caption>${label}: values, below them 95 % intervals. ${marked ? markNote("Shaded", "column") : ""}</caption>
<thead><tr><th scope="col">method</th>${head}</tr></thead>
<tbody>
${body}</tbody>
</table>`,
  );
}

/** One line a method: paired differences from the baseline; nothing where nothing is compared. */
export function differencesHtml({ rows, title, baseline }: ResultsOfCell): Html {
  const compared = comparedRows(rows);
  if (!baseline || compared.length === 0) return html``;
  const head = COMPARED.map(
    (metric) =>
      html`<th scope="col">${differenceHeadingOf(metric)}<small>${metric.better === "higher" ? "above" : "below"} 0 is better</small></th>`,
  );
  const body = compared.map((row) => {
    const cells = COMPARED.map((metric) => {
      const { difference, separate } = row.metrics[metric.name];
      if (!difference) return html`<td>–</td>`;
      const value = formatSigned(difference.difference, metric);
      const mark = separate ? html`<span class="unseen"> (better)</span>` : "";
      return html`<td${separate ? html` class="best"` : ""}>${value}${mark}<small>${formatSignedInterval(difference, metric)}</small><small>${formatP(difference.adjustedPValue)}</small></td>`;
    });
    return html`<tr><th scope="row">${row.shortLabel}</th>${cells}</tr>
`;
  });
  const label = `Differences from ${baseline.shortLabel}${under(title)}`;
  return scrolling(
    label,
    html`<table>
<caption>${label}: below them 95 % intervals and corrected p-values. Shaded: the interval lies on the better side of 0.</caption>
<thead><tr><th scope="col">method</th>${head}</tr></thead>
<tbody>
${body}</tbody>
</table>`,
  );
}

/** What each column means. */
export const glossaryHtml = (): Html =>
  html`<dl>${METRICS.map(
    ({ label, meaning }) => html`<dt>${label}</dt><dd>${meaning}</dd>
`,
  )}</dl>`;

const text = (value: unknown): string => {
  if (value === undefined || value === null) return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
};

/** How many runs and configurations the page lists; the other formats have all. */
const MOST_RUNS = 200;
const MOST_CONFIGS = 60;

/** Where the numbers come from: the runs with their engines, and each method's configuration. */
export function runsHtml(
  records: readonly RunRecord[],
  rows: readonly ResultRow[],
  nameOf: (folder: string) => string,
): Html {
  const shown = records.slice(0, MOST_RUNS);
  const body = shown.map(({ folder, config, manifest, metrics, status }) => {
    const facts = [config.model, config.seed, metrics.length, manifest.engine, manifest.device];
    return html`<tr><th scope="row">${nameOf(folder)}</th>${[...facts, status.state].map((value) => html`<td>${text(value)}</td>`)}</tr>
`;
  });
  const columns = ["model", "seed", "epochs", "engine", "device", "state"];
  const byFolder = new Map(records.map((record) => [record.folder, record]));
  const configs = rows.slice(0, MOST_CONFIGS).flatMap(({ label, folders }) => {
    const record = byFolder.get(folders[0]!);
    if (!record) return [];
    const { config, manifest } = record;
    const several = folders.length > 1 ? `, the first of ${folders.length} seeds` : "";
    return [
      html`<details><summary>${label}: ${nameOf(record.folder)}${several}</summary><pre tabindex="0">${JSON.stringify({ config, manifest }, null, 2)}</pre></details>
`,
    ];
  });
  const more = [
    ...(records.length > shown.length
      ? [`the first ${shown.length} of ${records.length} runs`]
      : []),
    ...(rows.length > MOST_CONFIGS
      ? [`the first ${MOST_CONFIGS} of ${rows.length} configurations`]
      : []),
  ];
  const note =
    more.length > 0 ? html`<p>Listed: ${more.join(" and ")}; CSV and JSON name all.</p>` : "";
  return html`${note}${scrolling(
    "Runs",
    html`<table>
<caption>The runs behind the numbers.</caption>
<thead><tr><th scope="col">run</th>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${body}</tbody>
</table>`,
  )}
<h3 id="configurations">Configurations</h3>
${configs}`;
}
