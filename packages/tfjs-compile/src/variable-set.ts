// The variables of a program: their names and the checks that both kinds of program make.
import * as tf from "@tensorflow/tfjs";
import { ProgramError } from "./errors.ts";
import { listed } from "./inputs.ts";
import { dtypeNumber, type Values } from "./node-backend.ts";

/** Variables in a fixed order. */
export class VariableSet {
  readonly names: readonly string[];
  readonly all: readonly tf.Variable[];

  constructor(variables: Readonly<Record<string, tf.Variable>>) {
    this.names = Object.keys(variables);
    this.all = Object.values(variables);
    for (const [name, variable] of Object.entries(variables)) {
      if (!(variable instanceof tf.Variable)) {
        throw new ProgramError("ERR_UNKNOWN_VARIABLE", `\`${name}\` is not a tf.Variable`);
      }
      if (dtypeNumber(variable.dtype) === undefined) {
        const message =
          `variable \`${name}\` has dtype ${variable.dtype}; programs carry float32, ` +
          "int32 and bool";
        throw new ProgramError("ERR_DTYPE", message);
      }
    }
    this.checkAlive();
  }

  /** @throws {@link ProgramError} `ERR_DISPOSED_VARIABLE`, with the names. */
  checkAlive(): void {
    const disposed = this.names.filter((_, i) => this.all[i]!.isDisposed);
    if (disposed.length === 0) return;
    throw new ProgramError("ERR_DISPOSED_VARIABLE", `disposed variables: ${listed(disposed)}`);
  }

  /** The number of the variable of that name. */
  indexOf(name: string): number {
    const index = this.names.indexOf(name);
    if (index >= 0) return index;
    const message = `no variable \`${name}\`; there are ${listed(this.names)}`;
    throw new ProgramError("ERR_UNKNOWN_VARIABLE", message);
  }

  /** A copy of `values` in the typed array of the variable's dtype. */
  valuesFor(name: string, values: ArrayLike<number>): Values {
    const { size, shape, dtype } = this.all[this.indexOf(name)]!;
    if (values.length !== size) {
      const message =
        `expected ${size} values for variable \`${name}\` of shape ` +
        `[${shape.join(", ")}], got ${values.length}`;
      throw new ProgramError("ERR_VALUE_LENGTH", message);
    }
    if (dtype === "int32") return Int32Array.from(values);
    if (dtype === "bool") return Uint8Array.from(values, (value) => Number(value !== 0));
    return Float32Array.from(values);
  }

  /** Assigns new values to the `tf.Variable` of that name. */
  assign(name: string, values: Values): void {
    const variable = this.all[this.indexOf(name)]!;
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, variable.dtype)));
  }
}
