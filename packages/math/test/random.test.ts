import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mean } from "../src/index.ts";
import {
  createRng,
  permutation,
  philox4x32Into,
  randomInteger,
  rngFromState,
  shuffle,
  uniformOpen,
} from "../src/random.ts";

const bad = (x: unknown): never => x as never;
const take = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);
const keys = fc.array(fc.oneof(fc.string({ maxLength: 9 }), fc.integer()), {
  minLength: 1,
  maxLength: 4,
});

describe("Philox4x32-10", () => {
  // The known-answer vectors published with Random123.
  test.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])("block %#", (counter, [key0, key1], expected) => {
    const out = Uint32Array.from(counter);
    philox4x32Into(out, out, key0!, key1!);
    expect([...out]).toEqual(expected);
  });
});

describe("Rng", () => {
  test("the same seed gives the same draws, another seed others", () => {
    const draws = (seed: number): number[] => {
      const rng = createRng(seed);
      return take(20, () => rng.uint32());
    };
    expect(draws(1)).toEqual(draws(1));
    const all = [0, 1, -1, 2 ** 40, 2 ** 53 - 1].flatMap(draws);
    expect(new Set(all).size).toBe(all.length);
  });

  test("the stream of a seed is pinned", () => {
    const rng = createRng(20_061_107);
    expect(take(3, () => rng.uint32())).toMatchInlineSnapshot(`
      [
        278573856,
        2599591390,
        26408810,
      ]
    `);
    expect(rng.fork("augmentation", 3, 17).uniform()).toMatchInlineSnapshot(`0.48200285466512816`);
  });

  test("state survives JSON at every position, and jump equals drawing", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(23), fc.nat(23), (seed, drawn, skipped) => {
        const rng = createRng(seed);
        take(drawn, () => rng.uint32());
        expect(rng.state().position).toBe(drawn);
        const copy = rngFromState(JSON.parse(JSON.stringify(rng.state())));
        expect(copy.state()).toEqual(rng.state());
        copy.jump(skipped);
        take(skipped, () => rng.uint32());
        expect(copy.state()).toEqual(rng.state());
        expect(take(6, () => copy.uint32())).toEqual(take(6, () => rng.uint32()));
      }),
    );
  });

  test("jump reaches positions beyond 2³² blocks", () => {
    const rng = createRng(3);
    rng.jump(2 ** 40 + 1);
    const value = rng.uint32();
    const again = rngFromState({ ...createRng(3).state(), position: 2 ** 40 });
    again.uint32();
    expect(again.uint32()).toBe(value);
    const wrapped = createRng(3);
    wrapped.jump(1);
    expect(wrapped.uint32()).not.toBe(value);
  });

  test("fork does not depend on what was drawn, draws nothing, and nests", () => {
    fc.assert(
      fc.property(fc.integer(), keys, keys, fc.nat(9), (seed, a, b, drawn) => {
        const rng = createRng(seed);
        const expected = rng.fork(...a, ...b).state();
        take(drawn, () => rng.uint32());
        expect(
          rng
            .fork(...a)
            .fork(...b)
            .state(),
        ).toEqual(expected);
        expect(rng.state().position).toBe(drawn);
        expect(expected.position).toBe(0);
      }),
    );
  });

  test("different keys lead to different streams", () => {
    const rng = createRng(0);
    const paths: (number | string)[][] = [
      ["1"],
      [1],
      [1, 0],
      [0, 1],
      [""],
      ["", ""],
      ["a", "b"],
      ["ab"],
      ["a\0"],
      ["a"],
      [0.5],
      [-1],
      [1, "1"],
      ["1", 1],
      ["abcd", "e"],
      ["abcde"],
    ];
    for (let epoch = 0; epoch < 20; epoch++)
      for (let i = 0; i < 50; i++) paths.push([epoch, "x", i]);
    const streams = paths.map((path) =>
      rng
        .fork(...path)
        .state()
        .stream.join(),
    );
    expect(new Set([...streams, rng.state().stream.join()]).size).toBe(paths.length + 1);
    expect(rng.fork(-0).state()).toEqual(rng.fork(0).state());
  });

  test("forks are uncorrelated with each other and with their parent", () => {
    const rng = createRng(5);
    const streams = [rng, rng.fork(0), rng.fork(1)].map((r) =>
      take(20_000, () => r.uniform() - 0.5),
    );
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      // sd of the mean product is (1/12)/√20000 = 5.9e-4.
      expect(Math.abs(mean(streams[a]!.map((v, i) => v * streams[b]![i]!)))).toBeLessThan(2.4e-3);
    }
  });

  test.each([
    [() => createRng(1.5), "DOMAIN", "seed"],
    [() => createRng(2 ** 53), "DOMAIN", "seed"],
    [() => createRng(Number.NaN), "DOMAIN", "seed"],
    [() => createRng(bad("1")), "TYPE_MISMATCH", "seed"],
    [() => createRng(1).fork(), "DOMAIN", "keys"],
    [() => createRng(1).fork(Number.NaN), "DOMAIN", "keys"],
    [() => createRng(1).fork(bad({})), "TYPE_MISMATCH", "keys"],
    [() => createRng(1).jump(-1), "DOMAIN", "count"],
    [() => createRng(1).jump(0.5), "DOMAIN", "count"],
    [() => rngFromState(bad({ algorithm: "mt19937" })), "DOMAIN", "state.algorithm"],
    [
      () => rngFromState({ ...createRng(1).state(), stream: bad([1, 2, 3]) }),
      "DOMAIN",
      "state.stream",
    ],
    [
      () => rngFromState({ ...createRng(1).state(), stream: [1, 2, 3, 2 ** 32] }),
      "DOMAIN",
      "state.stream",
    ],
    [() => rngFromState({ ...createRng(1).state(), position: -1 }), "DOMAIN", "state.position"],
    [() => randomInteger(createRng(1), 0), "DOMAIN", "bound"],
    [() => randomInteger(createRng(1), 2 ** 32 + 1), "DOMAIN", "bound"],
    [() => permutation(createRng(1), -1), "DOMAIN", "n"],
  ])("bad input %#", (call, code, argument) => {
    expect(call).toThrow(expect.objectContaining({ code, argument }));
  });
});

describe("uniform draws", () => {
  test("uniform has 53 bits in [0, 1), uniformOpen lies in (0, 1]", () => {
    const rng = createRng(11);
    const draws = take(10_000, () => rng.uniform());
    expect(draws.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2 ** 53))).toBe(true);
    expect(draws.some((u) => !Number.isInteger(u * 2 ** 50))).toBe(true);
    const zeros = { ...rng, uniform: () => 0 };
    expect(uniformOpen(zeros)).toBe(1);
    expect(uniformOpen({ ...rng, uniform: () => 1 - 2 ** -53 })).toBe(2 ** -53);
  });

  test("randomInteger is uniform (χ², 9 degrees of freedom, 99.9% point 27.9)", () => {
    const rng = createRng(12);
    const counts = new Float64Array(10);
    for (let i = 0; i < 20_000; i++) counts[randomInteger(rng, 10)]!++;
    expect(counts.reduce((s, c) => s + (c - 2000) ** 2 / 2000, 0)).toBeLessThan(27.9);
    expect(randomInteger(rng, 1)).toBe(0);
    expect(randomInteger(rng, 2 ** 32)).toBeLessThan(2 ** 32);
  });

  test("randomInteger rejects the words of the incomplete last run", () => {
    const words = [2 ** 32 - 1, 7];
    const rng = { ...createRng(0), uint32: () => words.shift()! };
    expect(randomInteger(rng, 3)).toBe(1); // 2³² − 1 = 3 · 1431655765 is rejected, 7 mod 3 = 1
    expect(words).toEqual([]);
  });

  test("permutations hold every index once and all orders are equally likely", () => {
    const rng = createRng(13);
    expect([...permutation(rng, 100)].sort((a, b) => a - b)).toEqual(
      take(100, () => 0).map((_, i) => i),
    );
    expect(permutation(rng, 0)).toEqual(new Int32Array(0));
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = permutation(rng, 4).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    // 23 degrees of freedom, 99.9% point.
    const chi2 = [...counts.values()].reduce((s, c) => s + (c - 500) ** 2 / 500, 0);
    expect(counts.size).toBe(24);
    expect(chi2).toBeLessThan(49.7);
  });

  test("shuffle reorders in place and returns what it was given", () => {
    const items = ["a", "b", "c", "d"];
    expect(shuffle(createRng(2), items)).toBe(items);
    expect([...items].sort()).toEqual(["a", "b", "c", "d"]);
  });
});
