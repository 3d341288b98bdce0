// Operations that a recording must refuse by their name.
import { ProgramError } from "./errors.ts";
import { describeOp, type TensorFact } from "./shape-inference.ts";

/** They draw numbers of their own, which no seed of the caller's controls. */
const RANDOM = /^(Multinomial|ParameterizedTruncatedNormal|Random|TruncatedNormal)/;
/** The shape of their result depends on values. */
const SHAPE_FROM_DATA =
  /^(DynamicPartition|ListDiff|NonMaxSuppression|SparseFillEmptyRows|SparseReshape|Unique|Where$)/;

/** @throws {@link ProgramError} `ERR_RANDOM_OP` or `ERR_DATA_DEPENDENT`. */
export function checkRecordable(op: string, inputs: readonly TensorFact[], entry: string): void {
  if (RANDOM.test(op)) {
    const message =
      `${describeOp(op, inputs)} draws at random; draw by a seed that is an input ` +
      "(statelessUniform, statelessNormal), or outside";
    throw new ProgramError("ERR_RANDOM_OP", message, { entry });
  }
  if (SHAPE_FROM_DATA.test(op)) {
    const message = `${describeOp(op, inputs)} has a result whose shape depends on its values`;
    throw new ProgramError("ERR_DATA_DEPENDENT", message, { entry });
  }
}
