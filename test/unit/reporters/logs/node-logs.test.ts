import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import type { NodeLog } from "../../../../src/model/index.ts";
import { NodeLogs } from "../../../../src/reporters/logs/node-logs.ts";
import { planOf } from "../../../fixtures/events.ts";
import { scratch } from "../support.ts";

const plan = planOf("p", [["verify", [], ["unit"]]]);
const NODE = "verify/unit";

function log(text: string): NodeLog {
  return { type: "node.log", at: 0, node: NODE, stream: "stdout", chunk: Buffer.from(text) };
}

async function copied(logs: NodeLogs): Promise<string> {
  const chunks: Uint8Array[] = [];
  await logs.copy(NODE, (chunk) => void chunks.push(chunk));
  return Buffer.concat(chunks).toString();
}

test("logs come from their files where there are any", async () => {
  await using folder = await scratch();
  const logs = new NodeLogs();
  logs.start({ run: "r", plan, root: folder.path, logs: folder.path });
  expect(logs.file(NODE)).toBeUndefined();
  logs.push(log("from the event"));
  await writeFile(path.join(folder.path, "verify~unit.log"), "from the file, with an end");
  expect(logs.file(NODE)).toBe(path.join(folder.path, "verify~unit.log"));
  expect(await copied(logs)).toBe("from the file, with an end");
  expect(await logs.tail(NODE, 6)).toEqual({ bytes: Buffer.from("an end"), cut: true });
  expect(await logs.tail(NODE, 600)).toMatchObject({ cut: false });
});

test("without files the last 64 KiB are kept", async () => {
  const logs = new NodeLogs();
  logs.start({ run: "r", plan, root: "/" });
  logs.push(log("x".repeat(64 * 1024)));
  expect(await copied(logs)).toBe("x".repeat(64 * 1024));
  logs.push(log("y"));
  expect(await copied(logs)).toBe(`(the beginning was not kept)\n${"x".repeat(64 * 1024 - 1)}y`);
  expect(await logs.tail(NODE, 2)).toEqual({ bytes: Buffer.from("xy"), cut: true });
  logs.forget(NODE);
  expect(await copied(logs)).toBe("");
  expect(logs.printed(NODE)).toBe(true);
});

test("a file that cannot be read says so in its place", async () => {
  await using folder = await scratch();
  const logs = new NodeLogs();
  logs.start({ run: "r", plan, root: folder.path, logs: folder.path });
  logs.push(log("lost"));
  expect(await copied(logs)).toContain("the log cannot be read: ENOENT");
  expect(await logs.tail(NODE, 10)).toEqual({ bytes: Buffer.alloc(0), cut: false });
  await mkdir(path.join(folder.path, "verify~unit.log"));
  expect(await copied(logs)).toContain("the log cannot be read: EISDIR");
});
