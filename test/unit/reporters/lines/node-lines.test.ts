import { expect, test } from "vitest";
import type { NodeLog } from "../../../../src/model/index.ts";
import { NodeLines } from "../../../../src/reporters/lines/node-lines.ts";

function log(node: string, text: string, stream: NodeLog["stream"] = "stdout"): NodeLog {
  return { type: "node.log", at: 0, node, stream, chunk: Buffer.from(text) };
}

test("nodes and streams that print by turns never share a line", () => {
  const lines = new NodeLines((node) => `${node} | `);
  expect(lines.push(log("a", "one "))).toBe("");
  expect(lines.push(log("b", "uno "))).toBe("");
  expect(lines.push(log("a", "trouble\n", "stderr"))).toBe("a | trouble\n");
  expect(lines.push(log("a", "two\n"))).toBe("a | one two\n");
  expect(lines.push(log("b", "due\ntre"))).toBe("b | uno due\n");
  expect(lines.flush("b")).toBe("b | tre\n");
  expect(lines.flush("b")).toBe("");
});

test("what is left of all nodes comes out at once", () => {
  const lines = new NodeLines((node) => `${node} | `);
  lines.push(log("a", "left"));
  lines.push(log("a", "behind", "stderr"));
  lines.push(log("b", "too"));
  expect(lines.flushAll()).toBe("a | left\na | behind\nb | too\n");
  expect(lines.flushAll()).toBe("");
});
