import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { codeOf } from "../../errors/index.ts";
import { lockFileMissing } from "./cache-spec.ts";

/** What requirement files say together. */
export interface Requirements {
  /** Relative to the root: those that were asked for, and those that they name by `-r` and `-c`. */
  readonly files: readonly string[];
  /** Whether each requirement is of one version, so that the index cannot have a better one. */
  readonly pinned: boolean;
}

/**
 * Reads requirement files as pip does (https://pip.pypa.io/en/stable/reference/requirements-file-format/), as far as it
 * takes to know what they rest on.
 *
 * @throws SluiceError `LOCKFILE_MISSING`
 */
export async function readRequirements(root: string, asked: readonly string[]): Promise<Requirements> {
  const files: string[] = [];
  const waiting = asked.map((file) => ({ file, isConstraint: false }));
  let pinned = true;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { file, isConstraint } = next;
    if (files.includes(file)) continue;
    files.push(file);
    for (const line of logicalLines(await read(root, file))) {
      const [, option = "", name = ""] =
        /^(-r|--requirement|-c|--constraint)(?:\s*=\s*|\s*)(\S.*)$/.exec(line) ?? [];
      if (option !== "") {
        const path = relative(root, join(root, dirname(file), name.replace(/^(["'])(.*)\1$/, "$2")));
        waiting.push({ file: path, isConstraint: isConstraint || /^--?c/.test(option) });
      } else if (!isConstraint && !isPinned(line)) pinned = false;
    }
  }
  return { files, pinned };
}

async function read(root: string, file: string): Promise<string> {
  try {
    return await readFile(join(root, file), "utf8");
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOENT" && code !== "EISDIR" && code !== "ENOTDIR") throw error;
    throw lockFileMissing(
      `pip: there is no requirements file ${join(root, file)}`,
      "Write what to install into it (`pip freeze` shows what is installed), or correct its path.",
    );
  }
}

/** Without comments and blank lines; a backslash at a line's end joins it with the next. */
function logicalLines(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** `name==1.2.3`, `name @ https://…`; options apart from `-e` say nothing of versions. */
function isPinned(line: string): boolean {
  if (line.startsWith("-")) return !/^(-e|--editable)\b/.test(line);
  const [requirement = ""] = line.split(/;|\s--/);
  return /^[A-Za-z0-9][\w.-]*\s*(\[[^\]]*\])?\s*(={2,3}\s*[^\s*,]+\s*$|@\s*\S)/.test(requirement.trim());
}
