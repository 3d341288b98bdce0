// SGD with momentum as TensorFlow's own operation, which changes parameter and velocity in place.
import type { Draft } from "./draft.ts";
import { applyInPlace, pushAssign, pushUpdate } from "./in-place.ts";
import { coupledDecay, type MomentumUpdate, momentumUpdates } from "./momentum-pattern.ts";

/** Pairs of assignments that are a momentum step, however it is written in tfjs, become `ResourceApplyMomentum`. */
export function lowerMomentum(draft: Draft): void {
  const updates = momentumUpdates(draft).map((update) => ({
    assignments: [update.parameter, update.velocity],
    push: () => push(draft, update),
  }));
  applyInPlace(draft, updates);
}

function push(draft: Draft, update: MomentumUpdate): number {
  const { parameter, velocity, start, gradient, share, rate, nesterov } = update;
  const decay = coupledDecay(draft, update);
  const after = decay === undefined ? [] : [pull(draft, update, decay.factor)];
  if (start !== `v${parameter.variable}`) after.push(pushAssign(draft, parameter.variable, start));
  const handles = [`h${parameter.variable}`, `h${velocity.variable}`];
  const inputs = [...handles, rate, decay?.gradient ?? gradient, share];
  const attributes = { use_nesterov: { kind: "bool", value: nesterov } } as const;
  return pushUpdate(draft, "ResourceApplyMomentum", inputs, { after, attributes });
}

/**
 * v ← v + factor · w, so that share · v + gradient has the decay in it: one pass in place instead of
 * two through new memory.
 */
function pull(draft: Draft, { parameter, velocity }: MomentumUpdate, factor: number): number {
  const rate = draft.add("float32", [], [-factor]);
  const inputs = [`h${velocity.variable}`, rate, `v${parameter.variable}`];
  return pushUpdate(draft, "ResourceApplyGradientDescent", inputs);
}
