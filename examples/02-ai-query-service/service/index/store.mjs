import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { digestOf } from "./build.mjs";

/**
 * Writes an index, and its folder. A reader sees the whole file or none of it.
 *
 * @param {string} path
 * @param {import("./build.mjs").Index} index
 */
export async function writeIndex(path, index) {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(index)}\n`);
  await rename(temporary, path);
}

/**
 * Reads an index and checks that it is whole: its content must have the digest that it says.
 *
 * @param {string} path
 * @returns {Promise<import("./build.mjs").Index>}
 */
export async function readIndex(path) {
  /** @type {import("./build.mjs").Index} */
  const index = JSON.parse(await readFile(path, "utf8"));
  if (index?.format !== 1) throw new Error(`${path} is not an index of format 1: build it again`);
  if (digestOf(index) !== index.version) {
    throw new Error(`${path} is damaged: its content is not ${index.version}. Build it again`);
  }
  return index;
}
