export { ReportError } from "./error.ts";
export { formatTable, type TableOptions } from "./format-table.ts";
export { METRICS, type MetricDefinition, type MetricName } from "./metric-table.ts";
export { type ReportOptions, renderReport } from "./render-report.ts";
export {
  type AccuracyComparison,
  type ResultCell,
  type ResultRow,
  type ResultsOptions,
  resultsTable,
} from "./results.ts";
