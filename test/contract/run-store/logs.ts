import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { logFileName } from "../../../src/util/log-name.ts";
import { plan, textOf, type StoreMachines } from "./fixture.ts";

/** How what nodes print is kept. */
export function describeLogs(machines: StoreMachines): void {
  describe("logs", () => {
    it("come back from any byte on, on another machine", async () => {
      const open = await machines();
      const recorder = await (await open()).create("r1", plan);
      const node = "Stage Ä/job [x=1, y~2]";
      const sink = recorder.log(node);
      await sink.write(Buffer.from("first\n"));
      await sink.write(Buffer.from("second\n"));
      await sink.close();
      await recorder.close();
      const store = await open();
      expect(await textOf(store.log("r1", node))).toBe("first\nsecond\n");
      expect(await textOf(store.log("r1", node, 6))).toBe("second\n");
      expect(await textOf(store.log("r1", node, 13))).toBe("");
      expect(await textOf(store.log("r1", node, 99))).toBe("");
      expect(await textOf(store.log("r1", "a/other"))).toBe("");
      expect(await textOf(store.log("r2", node))).toBe("");
    });

    it("stand on this machine while the run goes on", async () => {
      const recorder = await (await (await machines())()).create("r1", plan);
      const sink = recorder.log("a/x");
      await sink.write(Buffer.from("now"));
      expect(readFileSync(join(recorder.logs ?? "", logFileName("a/x")), "utf8")).toBe("now");
      await sink.close();
      await recorder.close();
    });

    it("are put together of all attempts and processes", async () => {
      const open = await machines();
      const recorder = await (await open()).create("r1", plan);
      for (const text of ["one ", "two "]) {
        const sink = recorder.log("a/x");
        await sink.write(Buffer.from(text));
        await sink.close();
      }
      await recorder.close();
      const second = await open();
      const lock = await second.lock("r1");
      const later = await second.append("r1");
      const sink = later.log("a/x");
      await sink.write(Buffer.from("three"));
      await sink.close();
      await later.close();
      await lock.release();
      const store = await open();
      expect(await textOf(store.log("r1", "a/x"))).toBe("one two three");
      expect(await textOf(store.log("r1", "a/x", 6))).toBe("o three");
    });

    it("hold megabytes, byte for byte", async () => {
      const open = await machines();
      const recorder = await (await open()).create("r1", plan);
      const line = `${"0123456789abcdef".repeat(64)}\n`;
      const text = line.repeat(3_000);
      const sink = recorder.log("a/x");
      for (let at = 0; at < text.length; at += 65_536)
        await sink.write(Buffer.from(text.slice(at, at + 65_536)));
      await sink.close();
      await recorder.close();
      const store = await open();
      expect((await textOf(store.log("r1", "a/x"))) === text).toBe(true);
      expect((await textOf(store.log("r1", "a/x", 2_500_001))) === text.slice(2_500_001)).toBe(true);
    });
  });
}
