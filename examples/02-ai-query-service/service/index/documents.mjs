import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * @typedef {object} Document
 * @property {string} id
 * @property {string} title
 * @property {string} body Markdown without the front matter
 */

/**
 * Parses one Markdown file with front matter.
 *
 * @param {string} text
 * @param {string} path named in errors
 * @returns {Document}
 */
export function parseDocument(text, path) {
  const match = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text.replaceAll("\r\n", "\n"));
  if (match === null) throw new Error(`${path}: no front matter between two lines of ---`);
  const fields = new Map(
    (match[1] ?? "").split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
  const id = fields.get("id");
  const title = fields.get("title");
  if (!id || !title) throw new Error(`${path}: the front matter needs an id and a title`);
  return { id, title, body: (match[2] ?? "").trim() };
}

/**
 * Reads every `.md` file of a folder, sorted by id.
 *
 * @param {string} folder
 * @returns {Promise<Document[]>}
 */
export async function readDocuments(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".md"));
  if (names.length === 0) throw new Error(`${folder}: no .md files`);
  const paths = names.map((name) => join(folder, name));
  const documents = await Promise.all(
    paths.map(async (path) => parseDocument(await readFile(path, "utf8"), path)),
  );
  documents.sort((a, b) => (a.id < b.id ? -1 : 1));
  const twice = documents.find((document, i) => document.id === documents[i - 1]?.id);
  if (twice !== undefined) throw new Error(`${folder}: two documents have the id ${twice.id}`);
  return documents;
}

/**
 * The sentences of a document's body as plain text: links become their text, headings and list marks go.
 *
 * @param {string} body
 * @returns {string[]}
 */
export function sentencesOf(body) {
  return body.split(/\n\s*\n/).flatMap((paragraph) => {
    const plain = paragraph
      .replace(/^(?:#+|[-*+])\s+/gm, "")
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/\s+/g, " ")
      .trim();
    return plain.split(/(?<=[.!?]["”]?)\s+(?=["“]?[A-Z0-9])/).filter((sentence) => sentence !== "");
  });
}
