import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exact, retrieval } from "../../../src/ai/index.ts";
import { readDataset } from "../../../src/ai/dataset.ts";
import { dataset, errorOf } from "./support.ts";

const hit = retrieval.hitRate({ at: 5, min: 0.5 });
const read = (root: string, metrics = [hit], fields: readonly string[] = ["question"]) =>
  readDataset("questions.jsonl", root, metrics, fields);

describe("readDataset", () => {
  it("reads lines, skips blank ones, and takes numbers for ids", async () => {
    const root = await dataset([
      "\uFEFF" + '{"question": "a", "relevant": [1, "x"], "tenant": "t"}\r',
      "",
      '  {"id": 7, "question": "b", "relevant": ["y"]}',
      "",
    ]);
    const { items } = await read(root);
    expect(items).toMatchObject([
      { line: 1, id: undefined, question: "a", relevant: ["1", "x"], expected: [], fields: { tenant: "t" } },
      { line: 3, id: "7", question: "b", relevant: ["y"] },
    ]);
  });

  it("gives equal questions equal keys, whatever their id, order of fields and place", async () => {
    const one = await read(
      await dataset([
        { id: 1, question: "a", relevant: ["x"] },
        { question: "b", relevant: ["x"] },
      ]),
    );
    const two = await read(
      await dataset([
        { question: "b", relevant: ["x"] },
        { relevant: ["x"], question: "a", id: "other" },
      ]),
    );
    expect(one.items.map((item) => item.key)).toEqual(two.items.map((item) => item.key).reverse());
    expect(one.digest).not.toBe(two.digest);
  });

  it("says all problems at once, each with its line", async () => {
    const root = await dataset([
      { id: "a", question: "fine", relevant: ["x"] },
      '{"question": "cut off',
      "[1]",
      { question: "  ", relevant: ["x"] },
      { question: "no ids" },
      { question: "empty ids", relevant: [] },
      { question: "wrong ids", relevant: "x" },
      { question: "wrong id", id: {}, relevant: ["x"] },
      { id: "a", question: "other", relevant: ["x"] },
      { id: "b", question: "fine", relevant: ["y"] },
    ]);
    const error = await errorOf(() => read(root));
    expect(error.code).toBe("GATE_ERROR");
    expect(error.at).toEqual({ file: "questions.jsonl", line: 2 });
    expect(error.message.split("\n")).toEqual([
      "the dataset has 9 problems",
      expect.stringMatching(/^ {2}questions\.jsonl:2: no JSON: /),
      "  questions.jsonl:3: no JSON object, but [1]",
      '  questions.jsonl:4: "question" must be a text that is not blank, got "  "',
      '  questions.jsonl:5: "relevant" must name at least one id',
      '  questions.jsonl:6: "relevant" must name at least one id',
      '  questions.jsonl:7: "relevant" must be a list of ids, got "x"',
      '  questions.jsonl:8: "id" must be a text or a number, got {}',
      '  questions.jsonl:9: the id "a" stands in line 1 already',
      "  questions.jsonl:10: the same question stands in line 1 already",
    ]);
  });

  it("takes the same words for another question where another field differs", async () => {
    const root = await dataset([
      { question: "a", relevant: ["x"], tenant: 1 },
      { question: "a", relevant: ["x"], tenant: 2 },
    ]);
    expect((await read(root)).items).toHaveLength(2);
  });

  it("needs what the metrics and the request need, and nothing else", async () => {
    const root = await dataset([{ question: "a" }]);
    expect((await read(root, [])).items).toHaveLength(1);
    expect((await errorOf(() => read(root, [exact({ min: 1 })]))).message).toContain(
      '"expected" must give at least one text',
    );
    expect((await errorOf(() => read(root, [], ["question", "tenant"]))).message).toContain(
      'there is no "tenant", which the request needs',
    );
  });

  it("shows the first of very many problems", async () => {
    const error = await errorOf(async () => read(await dataset(Array.from({ length: 300 }, () => "{"))));
    expect(error.message).toContain("and 280 more");
  });

  it.each([
    ["an empty file", ""],
    ["blank lines", "\n \n"],
  ])("refuses %s", async (_name, content) => {
    const error = await errorOf(async () => read(await dataset([content])));
    expect(error).toMatchObject({ code: "GATE_ERROR", message: "questions.jsonl holds no question" });
  });

  it("refuses a file that is not there, a folder, and other encodings", async () => {
    const root = await dataset([]);
    expect((await errorOf(() => readDataset("none.jsonl", root, [], []))).message).toBe(
      "there is no dataset: none.jsonl",
    );
    expect((await errorOf(() => readDataset(".", root, [], []))).message).toBe(
      "the dataset cannot be read: .",
    );
    await writeFile(join(root, "questions.jsonl"), Buffer.from('{"question": "größe"}', "latin1"));
    expect((await errorOf(() => read(root))).message).toBe("questions.jsonl is not UTF-8");
  });
});
