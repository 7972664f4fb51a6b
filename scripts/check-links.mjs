/** Every relative link in the Markdown files leads to a file that exists and, with `#`, to a heading in it. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { glob } from "tinyglobby";
import { ROOT } from "./lib.mjs";

const files = await glob(["*.md", "docs/**/*.md", "examples/**/*.md", "bench/**/*.md", "test/**/*.md"], {
  cwd: ROOT,
  ignore: ["**/node_modules/**", "**/fixtures/**", "**/.sluice/**"],
});
const anchors = new Map();
const problems = [];

for (const file of files.sort()) {
  for (const { target, line } of linksOf(readFileSync(join(ROOT, file), "utf8"))) {
    const [path, fragment] = target.split("#");
    const absolute = path === "" ? join(ROOT, file) : resolve(ROOT, dirname(file), decodeURIComponent(path));
    if (!existsSync(absolute)) problems.push(`${file}:${line}: there is no ${relative(ROOT, absolute)}`);
    else if (
      fragment &&
      absolute.endsWith(".md") &&
      statSync(absolute).isFile() &&
      !anchorsOf(absolute).has(fragment)
    ) {
      problems.push(`${file}:${line}: ${relative(ROOT, absolute)} has no heading #${fragment}`);
    }
  }
}

for (const problem of problems) console.error(problem);
if (files.length === 0) console.error("no Markdown file was found");
if (problems.length > 0 || files.length === 0) process.exitCode = 1;
else console.log(`${files.length} files, no dead link`);

/** Links of the forms `[text](target)`, `[name]: target` and `href="target"`, outside code, that lead to files. */
function linksOf(text) {
  const links = [];
  for (const [index, line] of withoutCode(text).entries()) {
    const found = [
      ...line.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g),
      ...line.matchAll(/^\s*\[[^\]]+\]:\s*<?(\S+?)>?\s*$/g),
      ...line.matchAll(/(?:href|src)="([^"]+)"/g),
    ];
    for (const [, target] of found) {
      if (!/^[a-z][a-z+.-]*:/i.test(target)) links.push({ target, line: index + 1 });
    }
  }
  return links;
}

/** The lines, with fenced blocks and code spans made empty. */
function withoutCode(text) {
  let fence;
  return text.split("\n").map((line) => {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined && mark === undefined) return line.replaceAll(/`[^`]*`/g, "");
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence)) fence = undefined;
    return "";
  });
}

/** The ids that GitHub gives headings: lower case, punctuation dropped, blanks to hyphens, repetitions numbered. */
function anchorsOf(file) {
  let ids = anchors.get(file);
  if (ids !== undefined) return ids;
  ids = new Set();
  const seen = new Map();
  const text = readFileSync(file, "utf8");
  let fenced = false;
  for (const line of text.split("\n")) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const heading = fenced ? undefined : /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (heading !== undefined) {
      const slug = heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
        .replaceAll(" ", "-");
      const count = seen.get(slug) ?? 0;
      seen.set(slug, count + 1);
      ids.add(count === 0 ? slug : `${slug}-${count}`);
    }
    for (const [, id] of line.matchAll(/<a (?:id|name)="([^"]+)"/g)) ids.add(id);
  }
  anchors.set(file, ids);
  return ids;
}
