// What the values of options must look like.
import { InvalidArgumentError } from "commander";

/** An integer of at least `least`. */
export const count =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected an integer of at least ${least}.`);
  };

/** A number in [0, 1). */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("Expected a number in [0, 1).");
}

/** Values of an option that may be given several times. */
export const collect = (text: string, before: readonly string[]): string[] => [...before, text];

/** `0,1,2` */
export function list(text: string): string[] {
  const values = text.split(",").map((value) => value.trim());
  if (values.every((value) => value !== "")) return values;
  throw new InvalidArgumentError("Expected values with commas between them, such as 0,1.");
}
