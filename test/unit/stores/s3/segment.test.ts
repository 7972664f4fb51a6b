import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logPieces } from "../../../../src/stores/s3/logs/log-keys.ts";
import {
  groupSegments,
  guestSegment,
  holderSegment,
  mergedKey,
  slotKey,
} from "../../../../src/stores/s3/journal/segment.ts";

describe("segments of a journal", () => {
  it("sort by term, the holder's before those of its guests, and those by time", () => {
    const wanted = [
      holderSegment(1, "ff"),
      guestSegment(1, 9_999, "ff"),
      guestSegment(1, 1_795_393_801_812, "00"),
      guestSegment(1, 1_795_393_801_813, "00"),
      holderSegment(2, "00"),
      holderSegment(10, "00"),
    ];
    expect([...wanted].sort()).toEqual(wanted);
    const keys = [...wanted].reverse().map((name) => slotKey("r1", name, 1));
    expect(groupSegments("r1", keys).map(({ name }) => name)).toEqual(wanted);
  });

  it("leave out what is merged, however much of it is still there", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 5 }),
        fc.func(fc.boolean()),
        (upTo, more, isLeft) => {
          const name = holderSegment(1, "aa");
          const numbers = Array.from({ length: upTo + more }, (_, index) => index + 1);
          const keys = numbers
            .filter((number) => number > upTo || isLeft(number))
            .map((number) => slotKey("r1", name, number));
          if (upTo > 0) keys.push(mergedKey("r1", name, upTo));
          const [segment] = groupSegments("r1", keys);
          if (keys.length === 0) return;
          expect(segment?.last).toBe(upTo + more);
          expect(segment?.merged?.upTo).toBe(upTo === 0 ? undefined : upTo);
          expect([...(segment?.slots.keys() ?? [])]).toEqual(numbers.slice(upTo));
        },
      ),
    );
  });

  it("take no notice of other objects", () => {
    expect(groupSegments("r1", ["runs/r1/journal/x", "runs/r1/journal/000001-h-a/1.jsonl"])).toEqual([]);
  });
});

describe("pieces of a log", () => {
  const prefix = "runs/r1/logs/a~x.log/";
  const object = (key: string, size: number) => ({ key: prefix + key, size, etag: "", modified: 0 });

  it("follow one another through all processes", () => {
    const listed = [object("000002-h-b/000000000000000", 7), object("000001-h-a/000000000000000", 3)];
    listed.push(object("000001-h-a/000000000000003", 2));
    expect(logPieces(prefix, listed).map(({ start, size }) => [start, size])).toEqual([
      [0, 3],
      [3, 2],
      [5, 7],
    ]);
  });

  it("are the merged one alone, where parts of it are still there", () => {
    const listed = [object("000001-h-a/000000000000003", 2), object("000001-h-a/merged", 5)];
    expect(logPieces(prefix, listed)).toEqual([{ key: `${prefix}000001-h-a/merged`, start: 0, size: 5 }]);
  });
});
