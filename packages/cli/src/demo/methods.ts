import {
  betaSmoothing,
  crossEntropy,
  labelSmoothing,
  type Method,
  selfDistillation,
} from "@sd/trainer-gpu";

/**
 * The four methods that are compared, with the settings of Zhang & Sabuncu (arXiv 2006.05065): a weight of 0.4 on the teacher at
 * temperature 4, and beta smoothing with a = 3 and β = 1.5. Label smoothing moves as much mass off the label as beta smoothing does
 * on average: β/(1+β) · 1/(a+1) = 0.15.
 */
export const demoMethods: readonly Method[] = [
  crossEntropy(),
  labelSmoothing({ epsilon: 0.15, spread: "others" }),
  selfDistillation({ hardWeight: 0.6, temperature: 4 }),
  betaSmoothing({ a: 3, beta: 1.5 }),
];
