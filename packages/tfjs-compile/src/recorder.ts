// Records a step: every operation is logged and none computed on real data.
import * as tf from "@tensorflow/tfjs";
import { graphAttributes } from "./attributes.ts";
import { callEntry } from "./call-entry.ts";
import { ProgramError } from "./errors.ts";
import type { Signature } from "./inputs.ts";
import {
  type Binding,
  dtypeName,
  dtypeNumber,
  inputTensorType,
  type NodeBackend,
  type OpAttribute,
} from "./node-backend.ts";
import type { Entry, Tensors } from "./program.ts";
import { RecordedTensors } from "./recorded-tensors.ts";
import type { RecordedOp, Recording } from "./recording.ts";
import { replacing } from "./replacing.ts";
import type { ShapeCache } from "./shape-inference.ts";
import { checkRecordable } from "./unrecordable-ops.ts";
import { Violation } from "./violation.ts";

/** What is recorded, and with what. */
export interface Step {
  readonly backend: NodeBackend;
  readonly entry: string;
  readonly step: Entry;
  readonly inputs: Signature;
  /** In the order of their numbers in the recording. */
  readonly variables: readonly tf.Variable[];
  readonly shapes: ShapeCache;
}

/**
 * The operations of a step. The variables, the backend and tfjs's count of tensors are afterwards
 * what they were, also when it throws.
 */
export function record(step: Step): Recording {
  return new Recorder(step).record();
}

class Recorder {
  readonly #step: Step;
  readonly #binding: Binding;
  readonly #violation: Violation;
  readonly #tensors: RecordedTensors;
  readonly #ops: RecordedOp[] = [];

  constructor(step: Step) {
    this.#step = step;
    this.#binding = step.backend.binding;
    this.#violation = new Violation(step.entry);
    this.#tensors = new RecordedTensors(step.backend, this.#violation);
  }

  record(): Recording {
    const { backend, entry, inputs, variables } = this.#step;
    const held = variables.map((variable) => tf.keep(tf.clone(variable)));
    try {
      for (const [i, variable] of variables.entries()) this.#detach(variable, i);
      const outputs = replacing(backend, this.#replacements(), () => this.#outputs());
      const updates = variables.flatMap((variable, i) => {
        const { ref } = this.#tensors.find(variable, "an assignment");
        return ref === `v${i}` ? [] : [{ variable: i, ref }];
      });
      return {
        entry,
        inputs,
        constants: this.#tensors.constants,
        ops: this.#ops,
        outputs,
        updates,
      };
    } finally {
      for (const [i, variable] of variables.entries()) {
        if (!variable.isDisposed) variable.assign(held[i]!);
        held[i]!.dispose();
      }
    }
  }

  /**
   * Gives a variable data of its own: two that were made from one tensor share theirs until then.
   */
  #detach(variable: tf.Variable, i: number): void {
    const own = this.#tensors.make(`v${i}`, variable.shape, dtypeNumber(variable.dtype)!);
    variable.assign(own);
    own.dispose();
  }

  #outputs(): Recording["outputs"] {
    let outputs: Recording["outputs"] = [];
    tf.tidy(() => {
      const results = this.#call();
      outputs = Object.entries(results).map(([name, tensor]) => {
        const { ref, dtype } = this.#tensors.find(tensor, `output \`${name}\``);
        return { name, ref, dtype };
      });
      // An output that the step has kept (`tf.keep`) is the caller's, and here nobody calls.
      for (const tensor of new Set(Object.values(results))) {
        if (!(tensor instanceof tf.Variable) && this.#tensors.isOwn(tensor)) tensor.dispose();
      }
    });
    return outputs;
  }

  #call(): Tensors {
    const { entry, step, inputs } = this.#step;
    const placeholders: Record<string, tf.Tensor> = {};
    for (const [i, [name, { shape, dtype }]] of [...inputs].entries()) {
      placeholders[name] = this.#tensors.make(`i${i}`, shape, inputTensorType(dtype));
    }
    try {
      const results = callEntry(entry, step, placeholders);
      if (this.#step.variables.some(({ isDisposed }) => isDisposed)) {
        throw this.#violation.report(
          "ERR_DISPOSED_VARIABLE",
          "it disposes a variable of the program",
        );
      }
      if (this.#violation.first === undefined) return results;
    } catch (error) {
      throw this.#violation.first ?? named(error, entry);
    }
    throw this.#violation.first;
  }

  #replacements(): Partial<NodeBackend> {
    const { backend } = this.#step;
    const move = backend.move.bind(backend);
    const tensors = this.#tensors;
    return {
      binding: this.#guardedBinding(),
      executeSingleOutput: (name, attributes, inputs) =>
        this.#execute(name, attributes, inputs, 1)[0]!,
      executeMultipleOutputs: (name, attributes, inputs, outputs) =>
        this.#execute(name, attributes, inputs, outputs),
      move(dataId, values, shape, dtype, refCount) {
        tensors.created(dataId);
        move(dataId, values, shape, dtype, refCount);
      },
      readSync: (dataId: tf.DataId) => tensors.values(dataId),
      // The promise of `data()` must neither resolve nor reject: nobody may be waiting for it.
      read(dataId: tf.DataId) {
        try {
          return Promise.resolve(tensors.values(dataId));
        } catch {
          return new Promise<never>(() => {});
        }
      },
    };
  }

  /** The binding's constants without its functions: nothing reaches TensorFlow on another road. */
  #guardedBinding(): Binding {
    const guarded = Object.create(this.#binding) as Binding;
    const calls = [
      "createTensor",
      "executeOp",
      "tensorDataSync",
      "loadSavedModel",
      "runSavedModel",
    ];
    for (const name of calls) {
      const value = () => {
        const message = `\`${name}\` of the engine cannot be part of a step`;
        throw this.#violation.report("ERR_ENGINE", message);
      };
      Object.defineProperty(guarded, name, { value });
    }
    return guarded;
  }

  #execute(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[] {
    const { entry, shapes } = this.#step;
    const known = inputs.map((input) => this.#tensors.find(input, name));
    checkRecordable(name, known, entry);
    const results = shapes.infer(this.#binding, name, attributes, known, outputs);
    const number = this.#ops.push({
      name,
      attributes: graphAttributes(this.#binding, name, attributes, known),
      inputs: known.map(({ ref }) => ref),
      outputs: results,
    });
    return results.map(({ shape, dtype }, i) => {
      if (dtypeNumber(dtypeName(dtype)) === undefined) {
        const message = `${name} gives ${dtypeName(dtype)}; programs carry float32, int32 and bool`;
        throw this.#violation.report("ERR_DTYPE", message);
      }
      return this.#tensors.make(`o${number - 1}:${i}`, shape, dtype);
    });
  }
}

/** An error of the engine, which does not know in which entry it is. */
function named(error: unknown, entry: string): unknown {
  if (!(error instanceof ProgramError) || error.entry !== undefined) return error;
  return new ProgramError(error.code, error.message, { entry, cause: error.cause });
}
