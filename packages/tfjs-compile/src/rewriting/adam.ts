// Adam as TensorFlow's own operation, which changes the parameter and both moments in place.
import { DType } from "../node-backend.ts";
import type { Ref } from "../recording.ts";
import { isScalar, products, sameShape, scalar, sums } from "./arithmetic.ts";
import type { Draft } from "./draft.ts";
import {
  type Assignment,
  applyInPlace,
  assignments,
  type InPlaceUpdate,
  pushAssign,
  pushUpdate,
} from "./in-place.ts";

/** m ← β m + (1 − β) x, where m is the variable that is assigned. */
interface Mean {
  readonly assignment: Assignment;
  readonly x: Ref;
  readonly beta: Ref;
}

/** w ← start − rate · m / (√v · scale + ε). */
interface AdamUpdate {
  readonly parameter: Assignment;
  readonly start: Ref;
  readonly first: Mean;
  readonly second: Mean;
  readonly rate: Ref;
  readonly scale: Ref;
  readonly epsilon: Ref;
}

/**
 * Three assignments that are a step of Adam become `ResourceApplyAdam`: w − (rate / scale) · m / (√v + ε /
 * scale), the corrections of the first steps being in rate and scale.
 */
export function lowerAdam(draft: Draft): void {
  const found = assignments(draft).flatMap((parameter) => adamUpdate(draft, parameter) ?? []);
  const moments = found.flatMap(({ first, second }) => [first, second]);
  const times = (mean: Mean): number =>
    moments.filter(({ assignment }) => assignment.variable === mean.assignment.variable).length;
  const own = found.filter(({ first, second }) => times(first) === 1 && times(second) === 1);
  applyInPlace(
    draft,
    own.map((update) => inPlace(draft, update)),
  );
}

function inPlace(draft: Draft, update: AdamUpdate): InPlaceUpdate {
  const { parameter, first, second } = update;
  return {
    assignments: [parameter, first.assignment, second.assignment],
    push: () => push(draft, update),
  };
}

function push(draft: Draft, update: AdamUpdate): number {
  const { parameter, start, first, second, rate, scale, epsilon } = update;
  const { variable } = parameter;
  const after = start === `v${variable}` ? [] : [pushAssign(draft, variable, start)];
  const handles = [parameter, first.assignment, second.assignment].map((a) => `h${a.variable}`);
  const none = draft.add("float32", [], [0]);
  const quotient = (a: Ref): Ref =>
    draft.append("RealDiv", [a, scale], { shape: [], dtype: DType.float32 });
  const numbers = [none, none, quotient(rate), first.beta, second.beta, quotient(epsilon)];
  return pushUpdate(draft, "ResourceApplyAdam", [...handles, ...numbers, first.x], {
    after,
    attributes: { use_nesterov: { kind: "bool", value: false } },
  });
}

function adamUpdate(draft: Draft, parameter: Assignment): AdamUpdate | undefined {
  const moved = draft.op(parameter.ref, "Sub");
  if (moved === undefined || draft.typeOf(parameter.ref).dtype !== DType.float32) return undefined;
  const [start, step] = moved.inputs as [Ref, Ref];
  for (const [direction, rate] of products(draft, step)) {
    const [numerator, deviation] = draft.op(direction, "RealDiv")?.inputs ?? [];
    if (numerator === undefined || !isScalar(draft, rate)) continue;
    const first = mean(draft, numerator);
    const rest = first && denominator(draft, deviation!);
    if (rest === undefined || !isSquare(draft, rest.second.x, first!.x)) continue;
    const shaped = [
      start,
      first!.x,
      ...[first!, rest.second].map((m) => `v${m.assignment.variable}`),
    ];
    if (!shaped.every((ref) => sameShape(draft, ref, parameter.ref))) continue;
    return { parameter, start, first: first!, rate, ...rest };
  }
  return undefined;
}

/** √v · scale + ε. */
function denominator(
  draft: Draft,
  ref: Ref,
): Pick<AdamUpdate, "second" | "scale" | "epsilon"> | undefined {
  for (const [scaled, epsilon] of sums(draft, ref)) {
    if (!isScalar(draft, epsilon)) continue;
    for (const [root, scale] of products(draft, scaled)) {
      const [square] = draft.op(root, "Sqrt")?.inputs ?? [];
      const second = square === undefined ? undefined : mean(draft, square);
      if (second !== undefined && isScalar(draft, scale)) return { second, scale, epsilon };
    }
  }
  return undefined;
}

/** A value that is assigned to the variable that it is the new mean of. */
function mean(draft: Draft, ref: Ref): Mean | undefined {
  const assignment = assignments(draft).find((a) => a.ref === ref);
  if (assignment === undefined) return undefined;
  for (const [kept, added] of sums(draft, ref)) {
    for (const [old, beta] of products(draft, kept)) {
      if (old !== `v${assignment.variable}`) continue;
      for (const [x, share] of products(draft, added)) {
        const [b, s] = [scalar(draft, beta), scalar(draft, share)];
        if (b === undefined || s === undefined || Math.abs(b + s - 1) > 1e-6) continue;
        return { assignment, x, beta };
      }
    }
  }
  return undefined;
}

function isSquare(draft: Draft, ref: Ref, of: Ref): boolean {
  const { name, inputs } = draft.op(ref, "Square", "Mul") ?? {};
  return name !== undefined && inputs!.every((input) => input === of);
}
