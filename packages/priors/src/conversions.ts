// The scales on which the literature states how much smoothing there is, and the ways between them.
// β is the mass of pseudo-counts that a prior adds to the one observed label.
import { checkNumber } from "@sd/math";

const UNIT = { min: 0, max: 1 } as const;
const checkClasses = (functionName: string, classes: number): number =>
  checkNumber(functionName, "classes", classes, { min: 2, integer: true });

/**
 * `β = ε/(1 − ε)`: the prior's mass for label smoothing that spreads ε over all classes.
 *
 * @param epsilon - In [0, 1).
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { betaFromEpsilon, epsilonFromBeta } from "@sd/priors";
 *
 * console.log(betaFromEpsilon(0.5), epsilonFromBeta(1)); // 1 0.5
 * ```
 */
export function betaFromEpsilon(epsilon: number): number {
  checkNumber("betaFromEpsilon", "epsilon", epsilon, { ...UNIT, belowMax: true });
  return epsilon / (1 - epsilon);
}

/**
 * `ε = β/(1 + β)`: the share of the target mass that the prior contributes.
 *
 * @param beta - Finite, ≥ 0.
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 */
export function epsilonFromBeta(beta: number): number {
  checkNumber("epsilonFromBeta", "beta", beta, { min: 0 });
  return beta / (1 + beta);
}

/**
 * `ε_all = ε_others · k/(k − 1)`: from smoothing over the k−1 other classes to smoothing over all k.
 *
 * @param epsilon - In [0, (k−1)/k]; more would take from the label than all classes can share.
 * @param classes - k ≥ 2.
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 */
export function epsilonAllFromOthers(epsilon: number, classes: number): number {
  checkClasses("epsilonAllFromOthers", classes);
  const max = (classes - 1) / classes;
  checkNumber("epsilonAllFromOthers", "epsilon", epsilon, { min: 0, max });
  return Math.min(1, (epsilon * classes) / (classes - 1));
}

/**
 * `ε_others = ε_all · (k − 1)/k`: from smoothing over all k classes to smoothing over the k−1 others.
 *
 * @param epsilon - In [0, 1].
 * @param classes - k ≥ 2.
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 */
export function epsilonOthersFromAll(epsilon: number, classes: number): number {
  checkClasses("epsilonOthersFromAll", classes);
  checkNumber("epsilonOthersFromAll", "epsilon", epsilon, UNIT);
  return (epsilon * (classes - 1)) / classes;
}

/**
 * `1/(1 + β)`: the weight of the label's term when the soft term has prior mass β.
 *
 * @param beta - Finite, ≥ 0.
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 */
export function hardWeightFromBeta(beta: number): number {
  checkNumber("hardWeightFromBeta", "beta", beta, { min: 0 });
  return 1 / (1 + beta);
}

/**
 * `β = (1 − w)/w`: the prior's mass for a total loss that gives the label the weight w.
 *
 * @param hardWeight - In (0, 1]; 0 would be a prior of infinite mass.
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 *
 * @example
 * ```ts
 * import { betaFromHardWeight, hardWeightFromSoftWeight } from "@sd/priors";
 *
 * // Code that gives the teacher the weight 0.4 has a label weight of 0.6.
 * console.log(betaFromHardWeight(hardWeightFromSoftWeight(0.5))); // 1
 * ```
 */
export function betaFromHardWeight(hardWeight: number): number {
  checkNumber("betaFromHardWeight", "hardWeight", hardWeight, { ...UNIT, aboveMin: true });
  return (1 - hardWeight) / hardWeight;
}

/**
 * `1 − w`: from code that weights the soft term (the teacher, "alpha") to the weight of the label.
 *
 * @param softWeight - In [0, 1].
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 */
export function hardWeightFromSoftWeight(softWeight: number): number {
  checkNumber("hardWeightFromSoftWeight", "softWeight", softWeight, UNIT);
  return 1 - softWeight;
}

/**
 * `β/(1 + β) · 1/(a + 1)`: the mean mass that beta smoothing puts on the k−1 other classes, which is
 * the ε of the label smoothing (over the others) that smooths as much on average.
 *
 * @param beta - The prior's mass, finite, ≥ 0.
 * @param betaA - a of Beta(a, 1), finite, > 0.
 * @throws {@link TypeMismatchError}, {@link DomainError}.
 */
export function epsilonOthersFromBetaSmoothing(beta: number, betaA: number): number {
  checkNumber("epsilonOthersFromBetaSmoothing", "beta", beta, { min: 0 });
  checkNumber("epsilonOthersFromBetaSmoothing", "betaA", betaA, { min: 0, aboveMin: true });
  return beta / (1 + beta) / (betaA + 1);
}
