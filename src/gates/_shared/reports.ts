import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { isSluiceError, SluiceError } from "../../errors/index.ts";
import { decodeText } from "./decode.ts";
import { invalid } from "./report-error.ts";
import { counted } from "./text.ts";

/** One report on disk. */
export interface ReportFile {
  /** Relative to the root, with `/` between its parts. */
  readonly path: string;
  readonly absolute: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly size: number;
}

/** One report, read. */
export interface Report extends ReportFile {
  readonly content: string;
  /** Tells this very file from one written later, even with equal content. */
  readonly stamp: string;
}

const MAX_BYTES = 256 * 1024 * 1024;
const NOT_OURS = ["**/node_modules/**", "**/.git/**", "**/.sluice/**"];

/**
 * The files that the paths and globs name, sorted. Each pattern must match: a shard's report that is missing must
 * not be made up for by the others. @throws SluiceError `REPORT_INVALID`
 */
export async function findReports(
  patterns: readonly string[],
  root: string,
  what: string,
): Promise<readonly ReportFile[]> {
  const found = new Map<string, ReportFile>();
  for (const pattern of patterns) {
    const paths = (await isThere(resolve(root, pattern)))
      ? [resolve(root, pattern)]
      : await expand(pattern, root);
    if (paths.length === 0) {
      throw new SluiceError("REPORT_INVALID", `there is no ${what}: nothing matches ${pattern}`, {
        path: pattern,
        hint: "Let the job before the gate write it, or correct the path; it starts at the pipeline's root.",
      });
    }
    for (const absolute of paths) found.set(absolute, await describe(absolute, root));
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Reads and parses each report in turn. @throws SluiceError `REPORT_INVALID` that names every report that cannot
 * be used.
 */
export async function readReports<T>(
  files: readonly ReportFile[],
  signal: AbortSignal,
  parse: (report: Report) => T | Promise<T>,
): Promise<readonly T[]> {
  const parsed: T[] = [];
  const failed: SluiceError[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    try {
      parsed.push(await parse(await read(file)));
    } catch (error) {
      if (!isSluiceError(error) || error.code !== "REPORT_INVALID") throw error;
      failed.push(error);
    }
  }
  const first = failed[0];
  if (first === undefined) return parsed;
  if (failed.length === 1) throw first;
  const lines = failed.slice(0, 10).map((error) => `\n  ${error.message}`);
  const more = failed.length > lines.length ? `\n  and ${failed.length - lines.length} more` : "";
  throw new SluiceError(
    "REPORT_INVALID",
    `${failed.length} of ${counted(files.length, "report")} cannot be used:${lines.join("")}${more}`,
    {
      path: first.path,
      hint: first.hint,
      cause: first,
    },
  );
}

async function read(file: ReportFile): Promise<Report> {
  const bytes = await readFile(file.absolute);
  const content = decodeText(bytes, file.path);
  if (content.trim() === "")
    throw invalid(file.path, "is empty", "See why the job before the gate wrote nothing into it.");
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  return { ...file, content, stamp: `${file.modified}-${digest}` };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function expand(pattern: string, root: string): Promise<readonly string[]> {
  const { glob } = await import("tinyglobby");
  const ignore = NOT_OURS.filter((one) => !pattern.includes(one.slice(3, -3)));
  const paths = await glob([pattern], {
    cwd: root,
    absolute: true,
    onlyFiles: true,
    dot: true,
    ignore,
    expandDirectories: false,
  });
  return paths.map((path) => resolve(path));
}

async function describe(absolute: string, root: string): Promise<ReportFile> {
  const stats = await stat(absolute);
  const path = relative(root, absolute).split(sep).join("/");
  if (stats.isDirectory()) throw invalid(path, "is a folder", `Name the files in it, for example ${path}/*.`);
  if (stats.size > MAX_BYTES) {
    throw invalid(
      path,
      `is too large: ${Math.round(stats.size / 1024 / 1024)} MiB of at most 256 MiB`,
      "Leave the output of the tests out of it, or split it.",
    );
  }
  return { path, absolute, modified: stats.mtimeMs, size: stats.size };
}
