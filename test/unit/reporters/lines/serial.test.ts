import { expect, test } from "vitest";
import { Serial } from "../../../../src/reporters/lines/serial.ts";

test("without anything to wait for, tasks run at once", () => {
  const done: number[] = [];
  const serial = new Serial();
  serial.run(() => void done.push(1));
  serial.run(() => void done.push(2));
  expect(done).toEqual([1, 2]);
});

test("a task waits for those before it", async () => {
  const done: string[] = [];
  const serial = new Serial();
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  serial.run(async () => {
    await opened;
    done.push("slow");
  });
  serial.run(() => void done.push("fast"));
  expect(done).toEqual([]);
  open();
  await serial.idle();
  expect(done).toEqual(["slow", "fast"]);
  serial.run(() => void done.push("after"));
  expect(done).toEqual(["slow", "fast", "after"]);
});
