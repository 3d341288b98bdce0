import reference from "./fixtures/metrics.json" with { type: "json" };

export { reference };
export const LOGITS: Float64Array = Float64Array.from(reference.logits);
export const TEACHER: Float64Array = Float64Array.from(reference.teacher);
export const LABELS: Int32Array = Int32Array.from(reference.labels);
export const SHAPE: readonly number[] = reference.shape;
