import { describeMachine } from "../lib/machine.ts";
import { markdownTable, textTable } from "../lib/markdown.ts";
import { pairedRatio } from "../lib/statistics.ts";
import type { PeerResult, PeersReport } from "./result.ts";
import { TITLES, WORKLOADS, type WorkloadName } from "./work.ts";

const HEAD = ["", "version", "median", "min – max", "net", "to bound", "to Sluice", "memory", "rounds"];

/** One workload: rows with figures, the fastest first. */
function rowsOf(report: PeersReport, workload: WorkloadName): string[][] {
  const all = report.results.filter((row) => row.workload === workload);
  const [bound, ours] = [first(all, "bound"), first(all, "ours")];
  return all
    .filter((row) => row.spread !== undefined)
    .toSorted((a, b) => (a.spread?.median ?? 0) - (b.spread?.median ?? 0))
    .map((row) => {
      const { median = 0, min = 0, max = 0 } = row.spread ?? {};
      const one = first(
        report.results.filter(({ workload: name, peer }) => name === "W1" && peer === row.peer),
        row.kind,
      );
      const net = /^W[234]$/.test(workload) && one?.spread ? number(median - one.spread.median) : "";
      return [
        row.peer,
        row.version,
        `${number(median)} ${row.unit}`,
        `${number(min)} – ${number(max)}`,
        net,
        ratio(row, bound),
        ratio(row, ours),
        row.memoryMiB === undefined ? "" : `${row.memoryMiB} MiB`,
        String(row.values.length),
      ];
    });
}

/** What has no figure, and why; those that share a reason together. */
export function left(report: PeersReport, workload: WorkloadName): string[] {
  const byReason = new Map<string, string[]>();
  for (const row of report.results) {
    if (row.workload !== workload || row.reason === undefined || row.reason === "only for W1") continue;
    const reason = shortReason(row.reason);
    byReason.set(reason, [...(byReason.get(reason) ?? []), row.peer]);
  }
  return [...byReason].map(([reason, names]) => `${names.join(", ")}: ${reason}`);
}

/** What was started, and the last that it said. */
function shortReason(reason: string): string {
  const lines = reason
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const [head = "", last] = [lines[0], lines.length > 1 ? lines.at(-1) : undefined];
  return last === undefined ? head : `${head.slice(0, 120)}: ${last.slice(0, 160)}`;
}

/** For a terminal. */
export function peersText(report: PeersReport): string {
  const parts = measured(report).map((workload) => {
    const missing = left(report, workload).map((text) => `  without ${text}`);
    return [`${workload}: ${TITLES[workload]}`, textTable(HEAD, rowsOf(report, workload)), ...missing].join(
      "\n",
    );
  });
  return [summary(report), ...parts].join("\n\n");
}

/** For the page on performance: an overview, then each workload. */
export function peersMarkdown(report: PeersReport): string {
  const parts = measured(report).map((workload) => {
    const missing = left(report, workload);
    const rows = rowsOf(report, workload);
    const table = drop(HEAD.with(0, "who"), rows);
    return [
      `**${workload}**: ${TITLES[workload]}.`,
      markdownTable(table.head, table.rows),
      ...(missing.length === 0 ? [] : [`Without a figure: ${missing.map(escape).join("; ")}.`]),
    ].join("\n\n");
  });
  return [summary(report), overview(report), ...parts, notes(report)].join("\n\n");
}

/** Rows are peers, columns are workloads: the median, and how much of Sluice's time it is. */
function overview(report: PeersReport): string {
  const workloads = measured(report);
  const rows = [...new Set(report.results.map(({ peer }) => peer))].map((peer) => [
    peer,
    ...workloads.map((workload) => {
      const all = report.results.filter((row) => row.workload === workload);
      const own = all.find((row) => row.peer === peer);
      if (own?.spread === undefined) return "";
      return `${number(own.spread.median)} (${ratio(own, first(all, "ours")) || "-"})`;
    }),
  ]);
  const head = workloads.map((workload) => `${workload} ${workload.startsWith("W5") ? "us/node" : "ms"}`);
  const text =
    "Medians, and in brackets how many times the time of Sluice that is: above 1 is slower than Sluice.";
  return `${text}\n\n${markdownTable(["", ...head], rows)}`;
}

function notes(report: PeersReport): string {
  const seen = new Map(
    report.results.map((row) => [row.peer, `- ${row.peer} ${row.version}: ${escape(row.note)}.`]),
  );
  return `How each is used, and what it does not do:\n\n${[...seen.values()].join("\n")}`;
}

function summary(report: PeersReport): string {
  const minutes = Math.max(1, Math.round(report.seconds / 60));
  return `Taken on ${describeMachine(report.machine)}; ${report.rounds} rounds that take turns, fewer where they took more than ${report.cellSeconds} s; ${minutes} minutes in all.`;
}

function measured(report: PeersReport): WorkloadName[] {
  return WORKLOADS.filter((workload) => report.results.some((row) => row.workload === workload));
}

function first(rows: readonly PeerResult[], kind: PeerResult["kind"]): PeerResult | undefined {
  return rows.find((row) => row.kind === kind);
}

/** Over the rounds that both have. */
function ratio(row: PeerResult, to: PeerResult | undefined): string {
  const rounds = Math.min(row.values.length, to?.values.length ?? 0);
  if (rounds === 0 || to === undefined) return "";
  return `${number(pairedRatio(row.values.slice(0, rounds), to.values.slice(0, rounds)), 2)}x`;
}

function number(value: number, digits = 1): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(Math.abs(value) >= 10 ? Math.min(digits, 1) : digits);
}

/** Leaves out columns without any content. */
function drop(head: readonly string[], rows: readonly (readonly string[])[]) {
  const kept = head.map((_, column) => column).filter((column) => rows.some((row) => row[column] !== ""));
  const pick = (row: readonly string[]): string[] => kept.map((column) => row[column] ?? "");
  return { head: pick(head), rows: rows.map(pick) };
}

/** Signs that Markdown would take for its own. */
function escape(text: string): string {
  return text.replace(/[|<>*_]/g, "\\$&");
}
