import { readFileSync, writeFileSync } from "node:fs";
import { boundsMarkdown, isBoundsReport } from "./lib/bounds-report.ts";
import { replaceSection } from "./lib/markdown.ts";
import { isPeersReport } from "./peers/result.ts";
import { peersMarkdown } from "./peers/tables.ts";

/**
 * Prints reports as Markdown, or writes them into a page between `<!-- bench:bounds -->` or `<!-- bench:peers -->` and
 * its end, so that no figure is copied by hand.
 *
 * @throws Error where a file is not a report, or the page has no place for it
 */
export function tables(files: readonly string[], page: string | undefined): void {
  if (files.length === 0) throw new Error("name the files that --json has written");
  for (const file of files) {
    const { section, content } = sectionOf(file);
    if (page === undefined) console.log(content);
    else writeFileSync(page, replaceSection(readFileSync(page, "utf8"), section, content));
  }
}

function sectionOf(file: string): { section: string; content: string } {
  const report: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (isBoundsReport(report)) return { section: "bounds", content: boundsMarkdown(report) };
  if (isPeersReport(report)) return { section: "peers", content: peersMarkdown(report) };
  throw new Error(`${file} is not a report of form sluice-bench/1`);
}
