import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryTail } from "../../../../src/reporters/logs/memory-tail.ts";

test("the last bytes are kept, whatever the chunks", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 60 }),
      (chunks, limit) => {
        const tail = new MemoryTail(limit);
        for (const chunk of chunks) tail.push(chunk);
        const all = Buffer.concat(chunks);
        expect(tail.cut).toBe(all.length > limit);
        expect(tail.bytes()).toEqual(all.subarray(Math.max(0, all.length - limit)));
      },
    ),
  );
});

test("what was pushed may be overwritten afterwards", () => {
  const tail = new MemoryTail(10);
  const chunk = Buffer.from("before");
  tail.push(chunk);
  chunk.write("after!");
  expect(tail.bytes().toString()).toBe("before");
});
