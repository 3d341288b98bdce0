// The live list of runs: server-sent events fill the table, chosen runs have their curves drawn.
const MOST_ROWS = 500;
const MOST_CURVES = 8;
const COLOURS = [
  ...["#3b78c3", "#d1701c", "#2f9461", "#b0486f", "#7a62c9", "#9a8420", "#2b97a6", "#7d7d7d"],
];
const CHARTS = [
  { key: "trainLoss", title: "Training loss" },
  { key: "validationAccuracy", title: "Validation accuracy" },
  { key: "validationNll", title: "Validation NLL" },
];

const runs = new Map();
/** Runs that a person has chosen (true) or left out (false). */
const chosen = new Map();
const metrics = new Map();
let drawn = "";

const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
const byId = (id) => document.getElementById(id);

const isShown = ({ id, state }) => chosen.get(id) ?? state === "running";

const percent = (x) => (x === null ? "" : `${(100 * x).toFixed(2)} %`);

function row(run) {
  const box = element("input", { type: "checkbox", checked: isShown(run) });
  box.setAttribute("aria-label", `curves of ${run.id}`);
  box.addEventListener("change", () => {
    chosen.set(run.id, box.checked);
    void drawCharts();
  });
  const cell = (text, className = "") => element("td", { className }, String(text ?? ""));
  const state = cell(run.state, `state ${run.state}`);
  if (run.problem) state.append(element("div", { className: "problem" }, run.problem));
  const epoch = run.epochs === null ? run.epoch : `${run.epoch}/${run.epochs}`;
  const speed = run.imagesPerSecond === null ? "" : Math.round(run.imagesPerSecond);
  return element(
    "tr",
    {},
    element("td", {}, box),
    cell(run.id),
    cell(run.method),
    cell(run.model),
    cell(run.seed, "number"),
    cell(run.generation, "number"),
    state,
    cell(epoch, "number"),
    cell(percent(run.accuracy), "number"),
    cell(speed, "number"),
  );
}

function drawTable() {
  const wanted = byId("filter").value;
  const all = [...runs.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const fitting = all.filter(({ state }) => wanted === "" || state === wanted);
  byId("runs").replaceChildren(...fitting.slice(0, MOST_ROWS).map(row));
  byId("more").textContent =
    fitting.length > MOST_ROWS ? `${fitting.length - MOST_ROWS} more are not listed` : "";
  const counts = Map.groupBy(all, ({ state }) => state);
  const words = [...counts].map(([state, some]) => `${some.length} ${state}`);
  byId("summary").textContent = all.length === 0 ? "no runs yet" : words.join(", ");
}

async function fetchMetrics(run) {
  const known = metrics.get(run.id);
  if (known?.epoch === run.epoch && known.state === run.state) return known.rows;
  const answer = await fetch(`/metrics?run=${encodeURIComponent(run.id)}`);
  const rows = answer.ok ? await answer.json() : [];
  metrics.set(run.id, { epoch: run.epoch, state: run.state, rows });
  return rows;
}

async function drawCharts() {
  const shown = [...runs.values()].filter(isShown).slice(0, MOST_CURVES);
  const version = JSON.stringify(shown.map(({ id, epoch }) => [id, epoch]));
  if (version === drawn) return;
  drawn = version;
  const curves = await Promise.all(shown.map(fetchMetrics));
  const epochs = [...new Set(curves.flat().map(({ epoch }) => epoch))].sort((a, b) => a - b);
  const colour = getComputedStyle(document.body).color;
  const axis = { stroke: colour, grid: { stroke: "#8884", width: 1 }, ticks: { stroke: "#8888" } };
  byId("charts").replaceChildren();
  if (epochs.length === 0) return;
  for (const { key, title } of CHARTS) {
    const values = curves.map((rows) => {
      const at = new Map(rows.map((line) => [line.epoch, line[key]]));
      return epochs.map((epoch) => (Number.isFinite(at.get(epoch)) ? at.get(epoch) : null));
    });
    const series = shown.map(({ id }, i) => ({
      label: id,
      stroke: COLOURS[i],
      width: 2,
      points: { show: epochs.length < 3 },
    }));
    const options = {
      title,
      width: 380,
      height: 260,
      scales: { x: { time: false } },
      axes: [axis, { ...axis, size: 60 }],
      series: [{ label: "epoch" }, ...series],
    };
    new uPlot(options, [epochs.map((epoch) => epoch + 1), ...values], byId("charts"));
  }
}

function take({ runs: some, gone }) {
  for (const run of some) runs.set(run.id, run);
  for (const id of gone) runs.delete(id);
  drawTable();
  void drawCharts();
}

byId("filter").addEventListener("change", drawTable);
// The browser connects again by itself; the server then sends everything anew.
const source = new EventSource("/events");
source.addEventListener("all", ({ data }) => {
  runs.clear();
  take(JSON.parse(data));
});
source.addEventListener("changes", ({ data }) => take(JSON.parse(data)));
source.addEventListener("error", () => {
  byId("summary").textContent = "the connection is lost; trying again …";
});
