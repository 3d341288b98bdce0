import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { getDataset } from "../../src/index.ts";
import { checkKnown } from "../../src/known/check-dataset.ts";
import { getKnown } from "../../src/known/get-dataset.ts";
import type { KnownDataset } from "../../src/known/known-dataset.ts";
import { tar } from "../archive/hostile.ts";
import { type Answer, file, knownOf, serve, status } from "../download/server.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const [ONE, TWO] = [Buffer.from("one"), Buffer.from("two, two")];
const about = {
  title: "Toy",
  licence: "MIT",
  citation: "Nobody, 2000.",
  address: "http://127.0.0.1:1/",
};

/** Files that are sent compressed, such as MNIST's. */
const separate: KnownDataset = {
  ...about,
  files: [knownOf("one", ONE), knownOf("two", TWO)],
  downloads: [knownOf("one.gz", ONE, true), knownOf("two.gz", TWO, true)],
};

const archive = gzipSync(
  tar([
    { name: "toy-bin/", type: "5" },
    { name: "toy-bin/one", body: ONE },
    { name: "toy-bin/two", body: TWO },
    { name: "toy-bin/readme", body: "more" },
  ]),
);

/** Files in an archive, such as CIFAR's. */
const together: KnownDataset = {
  ...about,
  folder: "toy-bin",
  files: [knownOf("one", ONE), knownOf("two", TWO)],
  downloads: [knownOf("toy.tar.gz", archive)],
};

const sendAll: Answer = (request, response) => {
  const sent: Record<string, Buffer> = {
    "/a/one.gz": gzipSync(ONE),
    "/a/two.gz": gzipSync(TWO),
    "/a/toy.tar.gz": archive,
  };
  const bytes = sent[request.url!];
  (bytes ? file(bytes) : status(404))(request, response);
};

let folder: string;
let parent: string;
beforeEach(async () => {
  parent = await temporaryFolder();
  folder = join(parent, "toy");
});

async function get(known: KnownDataset, ...answers: Answer[]) {
  const { url, asked } = await serve(...(answers.length > 0 ? answers : [sendAll]));
  const made = getKnown(known, { folder, baseUrl: `${url}/a`, retryDelay: 1 });
  return { asked, made };
}

describe("getDataset", () => {
  test("downloads files, names licence and citation; a second time it does nothing", async () => {
    const { asked, made } = await get(separate);
    const { title, licence, citation } = about;
    expect(await made).toEqual({ title, licence, citation, folder, downloaded: true });
    expect(await readdir(folder)).toEqual(["one.gz", "two.gz"]);
    expect(asked.map(({ path }) => path)).toEqual(["/a/one.gz", "/a/two.gz"]);
    const again = await get(separate);
    expect((await again.made).downloaded).toBe(false);
    expect(again.asked).toEqual([]);
  });

  test("downloads and unpacks an archive; a second time it does nothing", async () => {
    expect((await (await get(together)).made).downloaded).toBe(true);
    expect(await readdir(folder)).toEqual(["toy-bin"]);
    expect(await readdir(join(folder, "toy-bin"))).toEqual(["one", "readme", "two"]);
    const again = await get(together);
    expect((await again.made).downloaded).toBe(false);
    expect(again.asked).toEqual([]);
  });

  test("what is there already, compressed or not, is not downloaded", async () => {
    await mkdir(folder);
    await writeFile(join(folder, "one"), ONE);
    const { asked, made } = await get(separate);
    await made;
    expect(asked.map(({ path }) => path)).toEqual(["/a/two.gz"]);
    expect(await readdir(folder)).toEqual(["one", "two.gz"]);
  });

  test("an archive that is there and right is only unpacked", async () => {
    await mkdir(folder);
    await writeFile(join(folder, "toy.tar.gz"), archive);
    const { asked, made } = await get(together);
    await made;
    expect(asked).toEqual([]);
    expect(await readdir(folder)).toEqual(["toy-bin"]);
  });

  test("what a killed process left is cleared away", async () => {
    await mkdir(join(folder, "toy-bin.unpacked", "toy-bin"), { recursive: true });
    await writeFile(join(folder, "toy-bin.unpacked", "toy-bin", "one"), "half");
    await (await get(together)).made;
    expect(await readdir(folder)).toEqual(["toy-bin"]);
  });

  test.each([
    ["a file", separate, "one", "other"],
    ["a compressed file", separate, "two.gz", gzipSync("other")],
    ["a file of the archive's folder", together, "toy-bin/one", "other"],
    ["the archive", together, "toy.tar.gz", "other"],
    ["the archive's folder, with files missing", together, "toy-bin/one", ONE],
  ] as const)("somebody's own %s is left alone, and is an error", async (_, known, name, bytes) => {
    await mkdir(join(folder, "toy-bin"), { recursive: true });
    if (name === "toy.tar.gz") {
      await rmdir(join(folder, "toy-bin"));
    }
    await writeFile(join(folder, name), bytes);
    const { asked, made } = await get(known);
    await expect(made).rejects.toMatchObject({ name: "DownloadError", code: "EXISTS" });
    await expect(made).rejects.toThrow("move it away");
    expect(asked).toEqual([]);
    expect(await readFile(join(folder, name))).toEqual(Buffer.from(bytes));
  });

  test("an archive with links in it leaves nothing unpacked", async () => {
    const hostile = gzipSync(tar([{ name: "toy-bin", type: "2", link: "/tmp" }]));
    const known = { ...together, downloads: [knownOf("toy.tar.gz", hostile)] };
    const { made } = await get(known, file(hostile));
    await expect(made).rejects.toMatchObject({ code: "BAD_DATA", entry: "toy-bin" });
    expect(await readdir(folder)).toEqual(["toy.tar.gz"]);
  });

  test("a failure names the address that was asked", async () => {
    const { made } = await get(separate, status(404));
    await expect(made).rejects.toThrow(/127\.0\.0\.1:\d+\/a\/one\.gz: the server answered 404/);
  });

  test("the official address is asked where no other is given", async () => {
    const asked: string[] = [];
    const fetch = (url: unknown): Promise<Response> => {
      asked.push(String(url));
      return Promise.resolve(new Response(null, { status: 404 }));
    };
    for (const name of [
      "cifar-10",
      "cifar-100",
      "mnist",
      "fashion-mnist",
      "tiny-imagenet-200",
    ] as const) {
      await expect(getDataset(name, { folder, fetch })).rejects.toMatchObject({ code: "HTTP" });
    }
    expect(asked).toEqual([
      "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
      "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
      "https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/train-images-idx3-ubyte.gz",
      "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
    ]);
  });

  test("another name is refused", async () => {
    await expect(getDataset("cifar" as "mnist", { folder })).rejects.toThrow(
      "getDataset: expected `name` to be one of cifar-10, cifar-100, mnist, fashion-mnist, tiny-imagenet-200, got cifar",
    );
  });
});

test("checkDataset tells official files from others and missing ones", async () => {
  await mkdir(join(folder, "toy-bin"), { recursive: true });
  expect(await checkKnown(together, folder)).toEqual({
    complete: false,
    files: [
      { name: "one", state: "missing" },
      { name: "two", state: "missing" },
    ],
  });
  await writeFile(join(folder, "one.gz"), gzipSync(ONE));
  await writeFile(join(folder, "toy-bin", "two"), "two, too");
  expect(await checkKnown(together, folder)).toEqual({
    complete: false,
    files: [
      { name: "one", state: "official", path: join(folder, "one.gz") },
      { name: "two", state: "other", path: join(folder, "toy-bin", "two") },
    ],
  });
  await writeFile(join(folder, "toy-bin", "two"), TWO);
  expect((await checkKnown(together, folder)).complete).toBe(true);
});
