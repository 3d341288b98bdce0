import { DomainError } from "@sd/math";

/** Checks an option that is one of a few words. */
export function checkChoice<Word extends string>(
  functionName: string,
  argument: string,
  value: Word,
  words: readonly Word[],
): Word {
  if (!words.includes(value)) {
    const list = words.map((word) => JSON.stringify(word)).join(" or ");
    throw new DomainError(functionName, argument, `to be ${list}, got ${JSON.stringify(value)}`);
  }
  return value;
}
