import { describe, expect, it } from "vitest";
import { newLeaseRecord, type LeaseRecord } from "../../../../src/stores/s3/lease/lease-record.ts";
import { standingOf } from "../../../../src/stores/s3/lease/standing.ts";
import { thisProcess } from "../../../../src/util/process/identity.ts";

const HERE = "boot pid:[1]";

function lease(change: Partial<LeaseRecord> = {}): LeaseRecord {
  const record = newLeaseRecord({
    term: 1,
    segment: "000001-h-a",
    unsealed: [],
    nonce: "a",
    owner: thisProcess(),
    machine: "m",
    host: "h",
    place: HERE,
    length: 30_000,
    at: 0,
  });
  return { ...record, ...change };
}

/** No process has it: pids end far below. */
const GONE = { pid: 2 ** 30, start: "boot/1" };

describe("whether a run is held", () => {
  it.each([
    ["by a living process, a moment ago", {}, 100, true],
    ["by a living process that says nothing any more", {}, 32_001, false],
    ["by a living process, as long as times are inexact", {}, 31_999, true],
    ["where the server does not say how late it is", { owner: GONE, place: "elsewhere" }, undefined, true],
    ["by a dead process of this place", { owner: GONE }, 100, false],
    [
      "by a process of another place that cannot be looked at",
      { owner: GONE, place: "elsewhere" },
      100,
      true,
    ],
    ["by a process that does not say where it is", { owner: GONE, place: null }, 100, true],
    ["by nobody", { released: true }, 100, false],
  ])("%s", (_, change, age, held) => {
    expect(standingOf(lease(change), age, HERE).held).toBe(held);
  });

  it("is not judged by a process id where this place is unknown", () => {
    expect(standingOf(lease({ owner: GONE, place: null }), 100, null).held).toBe(true);
  });

  it("says how long still", () => {
    expect(standingOf(lease({ place: "elsewhere" }), 12_000, HERE)).toEqual({ held: true, left: 20_000 });
  });
});
