import { describe, expect, test } from "vitest";
import { DomainError, isSdError, SdError, ShapeError, TypeMismatchError } from "../src/index.ts";

describe("errors", () => {
  test.each([
    [ShapeError, "SHAPE", "ShapeError"],
    [DomainError, "DOMAIN", "DomainError"],
    [TypeMismatchError, "TYPE_MISMATCH", "TypeMismatchError"],
  ])("%o carries its code, function and argument", (Kind, code, name) => {
    const error = new Kind("softmax", "logits", "to be so, got otherwise");
    expect(error).toBeInstanceOf(SdError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code, name, functionName: "softmax", argument: "logits" });
    expect(error.message).toBe("softmax: expected `logits` to be so, got otherwise");
  });

  test("an error of another copy is recognised by its mark", () => {
    const foreign = new Error("elsewhere");
    Object.defineProperty(foreign, Symbol.for("@sd/error"), { value: true });
    expect(isSdError(foreign)).toBe(true);
  });

  test.each([[new Error("plain")], [undefined], [null], ["text"], [{}]])("%o is none", (x) => {
    expect(isSdError(x)).toBe(false);
  });

  test("the mark does not show up among the enumerable properties", () => {
    expect(Object.getOwnPropertySymbols({ ...new ShapeError("f", "x", "") })).toEqual([]);
  });
});
