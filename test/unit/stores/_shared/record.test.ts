import { hash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSluiceError } from "../../../../src/errors/index.ts";
import type { RunEvent } from "../../../../src/model/index.ts";
import { journalHeader } from "../../../../src/stores/_shared/header.ts";
import { decodeJournal, encodeRecord } from "../../../../src/stores/_shared/record.ts";

const warning = (message: string): RunEvent => ({ type: "warning", at: 2, message });
const maker = { pid: 7, start: "boot/1", machine: "m" };

describe("a journal's records", () => {
  it("come back as they were, and the header is no event", () => {
    const events = [warning("one"), warning('with "quotes", \n lines, \u0000 and ünïcode \ud800')];
    const text = [journalHeader(maker), ...events].map(encodeRecord).join("");
    const decoded = decodeJournal(text, "journal");
    expect(decoded).toEqual({ events, whole: Buffer.byteLength(text), maker });
  });

  it("need no header, as before there were versions", () => {
    expect(decodeJournal(encodeRecord(warning("x")), "journal")).toMatchObject({
      events: [warning("x")],
      maker: undefined,
    });
  });

  it("are refused by the version's number where that is newer", () => {
    const text = encodeRecord({ type: "journal", version: 3 }) + encodeRecord(warning("x"));
    expect(() => decodeJournal(text, "the/journal")).toThrow(
      "the/journal: a journal of version 3, this Sluice reads 2",
    );
  });

  it("are read where the version is an older one", () => {
    const text = encodeRecord({ type: "journal", version: 1 }) + encodeRecord(warning("x"));
    expect(decodeJournal(text, "journal").events).toEqual([warning("x")]);
  });

  it("are cut where a crash tore the last one, at whatever byte", () => {
    const whole = encodeRecord(warning("first"));
    const torn = encodeRecord(warning("sécond"));
    const bytes = Buffer.from(whole + torn);
    for (let at = Buffer.byteLength(whole); at < bytes.length; at++) {
      const { events, whole: end } = decodeJournal(bytes.subarray(0, at), "journal");
      expect(events).toEqual([warning("first")]);
      expect(end).toBe(Buffer.byteLength(whole));
    }
  });

  it("are cut where a power cut left zeros in the last one, and refused where it left them before others", () => {
    const [first, second] = [encodeRecord(warning("first")), Buffer.from(encodeRecord(warning("second")))];
    second.fill(0, 30, 40);
    const holed = Buffer.concat([Buffer.from(first), second]);
    expect(decodeJournal(holed, "journal").events).toEqual([warning("first")]);
    const more = Buffer.concat([holed, Buffer.from(first)]);
    expect(() => decodeJournal(more, "journal")).toThrow(/line 2 is damaged/);
  });

  it("name line and byte of what was changed in the middle", () => {
    const first = encodeRecord(warning("ä"));
    const damaged = first + encodeRecord(warning("b")).replace('"b"', '"c"') + first;
    const at = Buffer.byteLength(first);
    expect(() => decodeJournal(damaged, "the/journal")).toThrow(
      `the/journal: line 2 is damaged (at byte ${at})`,
    );
  });

  it("are not taken for torn because a line feed between two became a zero", () => {
    const bytes = Buffer.from([journalHeader(), warning("a")].map(encodeRecord).join(""));
    bytes[bytes.indexOf(10)] = 0;
    expect(() => decodeJournal(bytes, "journal")).toThrow("journal: line 1 is damaged (at byte 0)");
  });

  it("are never others than those written, whatever byte is changed or wherever the file ends", () => {
    const journals = fc
      .array(fc.string({ unit: "binary", maxLength: 30 }).map(warning), { minLength: 1, maxLength: 8 })
      .map((events) => ({
        events,
        bytes: Buffer.from([journalHeader(), ...events].map(encodeRecord).join("")),
      }));
    const damage = fc.record({ at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }), cut: fc.boolean() });
    fc.assert(
      fc.property(journals, damage, ({ events, bytes }, { at, bits, cut }) => {
        const place = at % bytes.length;
        const hurt = cut ? bytes.subarray(0, place) : Buffer.from(bytes);
        if (!cut) hurt[place] = (hurt[place] ?? 0) ^ bits;
        const lineOf = (byte: number): number =>
          bytes.subarray(0, byte).toString("latin1").split("\n").length;
        let read: readonly RunEvent[];
        try {
          read = decodeJournal(hurt, "journal").events;
        } catch (error) {
          if (!isSluiceError(error) || cut) throw error;
          expect(error.code).toBe("STATE_CORRUPT");
          expect(error.message).toContain(`line ${lineOf(place)} is damaged`);
          return;
        }
        expect(read).toEqual(events.slice(0, read.length));
        const lost = events.length - read.length;
        // Where a byte was changed and nothing said of it, that byte was in the last record, which is all that is lost.
        if (cut) expect(lost).toBe(events.length - Math.max(0, lineOf(place) - 2));
        else expect([lost, lineOf(place)]).toEqual([1, events.length + 1]);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("an output", () => {
  const big = { text: "x".repeat(1_000), output: { deep: [1, 'ü,"output":'] } };
  const succeeded = (more: object): RunEvent => ({
    type: "node.succeeded",
    at: 1,
    node: "a/x",
    attempt: 1,
    duration: 2,
    flaky: false,
    ...more,
  });

  it("is parsed when it is asked for, and shows like any other member", () => {
    const event = succeeded({ output: big, artifacts: [], from: { kind: "run", run: "r" } });
    const text = encodeRecord(journalHeader()) + encodeRecord(event);
    const [read] = decodeJournal(text, "journal").events;
    expect(Object.getOwnPropertyDescriptor(read, "output")?.get).toBeTypeOf("function");
    expect(Object.keys(read ?? {})).toContain("output");
    expect(JSON.parse(JSON.stringify(read))).toEqual(event);
    expect({ ...read }).toEqual(event);
    expect(Object.getOwnPropertyDescriptor(read, "output")?.value).toEqual(big);
  });

  it("is found whatever the members before it are called and hold", () => {
    for (const more of [
      { baseline: { output: 1, text: "y".repeat(600) }, output: big },
      { baseline: { output: 1, text: "y".repeat(600) } },
      { output: null },
      { output: 'z"'.repeat(600) },
      { artifacts: [{ name: ',"output":', files: [] }], output: big },
    ]) {
      const text = encodeRecord(journalHeader()) + encodeRecord(succeeded(more));
      expect(decodeJournal(text, "journal").events).toEqual([succeeded(more)]);
    }
  });

  it("stands anywhere in a journal from before versions", () => {
    const event = succeeded({ output: big, artifacts: [{ name: "last" }] });
    const ordered = encodeRecord(event);
    expect(ordered.indexOf("artifacts")).toBeLessThan(ordered.indexOf("output"));
    const body = JSON.stringify(event);
    const old = `{"c":"${hash("sha256", body).slice(0, 8)}","e":${body}}\n`;
    expect(decodeJournal(old, "journal").events).toEqual([event]);
  });
});
