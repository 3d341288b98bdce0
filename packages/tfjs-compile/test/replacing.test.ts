import { expect, test } from "vitest";
import { replacing } from "../src/replacing.ts";

class Base {
  own = 1;
  inherited(): string {
    return "original";
  }
}

test("properties are replaced while the body runs, inherited ones too", () => {
  const target = new Base();
  const seen = replacing(target, { own: 2, inherited: () => "replaced" }, () => [
    target.own,
    target.inherited(),
  ]);
  expect(seen).toEqual([2, "replaced"]);
  expect([target.own, target.inherited()]).toEqual([1, "original"]);
  expect(Object.keys(target)).toEqual(["own"]);
});

test("they are put back when the body throws", () => {
  const target = new Base();
  const body = () => {
    throw new Error("broken");
  };
  expect(() => replacing(target, { inherited: () => "replaced" }, body)).toThrow("broken");
  expect(target.inherited()).toBe("original");
});
