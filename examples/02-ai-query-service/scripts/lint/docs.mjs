import { posix } from "node:path";
import { parseDocument } from "../../service/index/documents.mjs";
import { parseCase } from "../lib/dataset.mjs";

/** @typedef {import("../lint.mjs").SourceFile} SourceFile */
/** @typedef {import("../lint.mjs").Problem} Problem */

const MAX_LINE = 100;
const MIN_WORDS = 40;
const LINK = /\]\(([^)\s]+)\)/g;

/**
 * Front matter, ids, links and form of the documents.
 *
 * @param {readonly SourceFile[]} files
 * @returns {Problem[]}
 */
export function documentProblems(files) {
  const known = new Set(files.map(({ path }) => path));
  /** @type {Map<string, string>} */
  const titles = new Map();
  return files.flatMap((file) => [...headProblems(file, titles), ...lineProblems(file, known)]);
}

/**
 * @param {SourceFile} file
 * @param {Map<string, string>} titles of the files before this one, to their paths
 * @returns {Problem[]}
 */
function headProblems({ path, text }, titles) {
  /** @param {string} message */
  const problem = (message) => ({ path, line: 1, message });
  let document;
  try {
    document = parseDocument(text, path);
  } catch (error) {
    return [problem(String(error instanceof Error ? error.message : error).replace(`${path}: `, ""))];
  }
  const { id, title, body } = document;
  const problems = [];
  // Equal names make ids unique, too: a folder cannot hold two files of one name.
  if (`${id}.md` !== posix.basename(path))
    problems.push(problem(`the id is ${id}; it must be the file's name`));
  const other = titles.get(title);
  if (other !== undefined) problems.push(problem(`${other} has the same title`));
  titles.set(title, path);
  const words = body.split(/\s+/).length;
  if (words < MIN_WORDS) problems.push(problem(`${words} words; a document needs at least ${MIN_WORDS}`));
  return problems;
}

/**
 * @param {SourceFile} file
 * @param {ReadonlySet<string>} known paths of all documents
 * @returns {Problem[]}
 */
function lineProblems({ path, text }, known) {
  return text.split("\n").flatMap((line, i) => {
    const messages = [...line.matchAll(LINK)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !known.has(posix.join(posix.dirname(path), target.replace(/#.*$/, ""))))
      .map((target) => `links to ${target}, which does not exist`);
    if (line.length > MAX_LINE) messages.push(`${line.length} characters; at most ${MAX_LINE}`);
    if (/\s$/.test(line)) messages.push("ends in white space");
    return messages.map((message) => ({ path, line: i + 1, message }));
  });
}

/**
 * Questions must be well-formed, asked once, and about documents that exist; every document must be asked
 * for.
 *
 * @param {readonly SourceFile[]} datasets
 * @param {readonly SourceFile[]} documents
 * @returns {Problem[]}
 */
export function datasetProblems(datasets, documents) {
  const ids = new Set(documents.map(({ path }) => posix.basename(path, ".md")));
  const missing = new Set(ids);
  /** @type {Set<string>} */
  const asked = new Set();
  const problems = datasets.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, i) => {
      if (line.trim() === "") return [];
      /** @param {string} message */
      const problem = (message) => ({ path, line: i + 1, message });
      let found;
      try {
        found = parseCase(line, path);
      } catch (error) {
        return [problem(String(error instanceof Error ? error.message : error).replace(`${path}: `, ""))];
      }
      const { question, relevant } = found;
      for (const id of relevant) missing.delete(id);
      const twice = asked.has(question.toLowerCase());
      asked.add(question.toLowerCase());
      return [
        ...(twice ? [problem("the question is asked twice")] : []),
        ...relevant.filter((id) => !ids.has(id)).map((id) => problem(`there is no document ${id}`)),
      ];
    }),
  );
  const unasked = documents.filter(({ path }) => missing.has(posix.basename(path, ".md")));
  return [
    ...problems,
    ...unasked.map(({ path }) => ({ path, line: 1, message: "no question asks for this document" })),
  ];
}
