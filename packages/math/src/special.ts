// Special functions of one or two real numbers.
export { digamma } from "./special/digamma.ts";
export { lbeta } from "./special/lbeta.ts";
export { lgamma } from "./special/lgamma.ts";
export { normalQuantile } from "./special/normal-quantile.ts";
export { studentTQuantile } from "./special/student-t-quantile.ts";
export { trigamma } from "./special/trigamma.ts";
