import { format } from "prettier";
import { expect, test } from "vitest";
import { boundsMarkdown, boundsReport, isBoundsReport } from "../../../bench/lib/bounds-report.ts";
import { machine } from "../../../bench/lib/machine.ts";
import { replaceSection } from "../../../bench/lib/markdown.ts";
import { ratioFigure, table } from "../../../bench/lib/measure.ts";
import { isPeersReport, type PeerResult, type PeersReport, withValues } from "../../../bench/peers/result.ts";
import { peersMarkdown, peersText } from "../../../bench/peers/tables.ts";

const where = { ...machine(), load: [0.1, 0.1, 0.1] };
const row = (
  workload: PeerResult["workload"],
  peer: string,
  kind: PeerResult["kind"],
  values: number[],
): PeerResult =>
  withValues({ workload, peer, kind, version: "1.0.0", note: "a_note | with signs", unit: "ms" }, values);

const results = [
  row("W1", "lower bound", "bound", [10, 20, 30]),
  row("W1", "Sluice", "ours", [20, 40, 60]),
  row("W2", "lower bound", "bound", [100, 200, 300]),
  row("W2", "Sluice", "ours", [120, 240, 360]),
  row("W2", "slow", "peer", [1_200]),
  { ...row("W2", "gone", "peer", []), reason: "gone all ended with 1\nsome trace\nno such file" },
];
const report: PeersReport = {
  schema: "sluice-bench/1",
  kind: "peers",
  machine: where,
  rounds: 3,
  cellSeconds: 40,
  seconds: 90,
  results,
};

test("ratios are those of the same rounds, and a row with fewer rounds is compared over those it has", () => {
  const lines = peersText(report).split("\n");
  const of = (name: string): string[] =>
    (lines.findLast((line) => line.startsWith(name)) ?? "").split(/ {2,}/);
  expect(of("Sluice")).toEqual(["Sluice", "1.0.0", "240 ms", "120 – 360", "200", "1.20x", "1.00x", "3"]);
  // 1,200 against the first round's 100 and 120, not against the medians.
  expect(of("slow")).toEqual(["slow", "1.0.0", "1,200 ms", "1,200 – 1,200", "12.0x", "10.0x", "1"]);
});

test("what has no figure is listed with what it said", () => {
  expect(peersText(report)).toContain("without gone: gone all ended with 1: no such file");
  expect(peersMarkdown(report)).toContain("Without a figure: gone: gone all ended with 1: no such file.");
});

test("a row that failed carries no values", () => {
  expect(
    withValues({ workload: "W1", peer: "x", kind: "peer", version: "1", note: "", unit: "ms" }, []),
  ).toEqual({ workload: "W1", peer: "x", kind: "peer", version: "1", note: "", unit: "ms", values: [] });
});

test("a busy machine is told with the figures", () => {
  expect(peersText(report)).not.toContain("not quiet");
  expect(peersText({ ...report, machine: { ...where, load: [2, 1, 1] } })).toContain("so it was not quiet");
});

test("reports come back from JSON, and other files are not taken for them", () => {
  const bounds = boundsReport(where, 5, [ratioFigure("W1", "x", "ms", 2, Number.NaN, 1.5)]);
  const again = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  expect(isPeersReport(again(report))).toBe(true);
  expect(isBoundsReport(again(bounds))).toBe(true);
  expect(isPeersReport(again(bounds))).toBe(false);
  expect(isBoundsReport(again(report))).toBe(false);
  expect(isPeersReport({ ...report, kind: "bounds" })).toBe(false);
  expect(isPeersReport({ ...report, schema: "sluice-bench/2" })).toBe(false);
  expect(isBoundsReport(null)).toBe(false);
  expect(table(again(bounds.figures) as typeof bounds.figures)).not.toContain("null");
});

test("Markdown is as the formatter of this repository writes it", async () => {
  const figures = [ratioFigure("W1", "one job", "ms", 163.2, 81, 1.5), ratioFigure("W1", "b", "ms", 1, 2, 1)];
  for (const text of [peersMarkdown(report), boundsMarkdown(boundsReport(where, 5, figures))])
    expect(`${text}\n`).toBe(await format(text, { parser: "markdown", printWidth: 110 }));
});

test("a section of a page is replaced, and only that", () => {
  const page = "# A\n\n<!-- bench:peers -->\nold\n<!-- /bench:peers -->\n\nend\n";
  const once = replaceSection(page, "peers", "new");
  expect(once).toBe("# A\n\n<!-- bench:peers -->\n\nnew\n\n<!-- /bench:peers -->\n\nend\n");
  expect(replaceSection(once, "peers", "new")).toBe(once);
  expect(() => replaceSection(page, "bounds", "new")).toThrow("<!-- bench:bounds -->");
});
