import { readFile } from "node:fs/promises";
import { messageOf } from "../../../errors/index.ts";
import type { RenderedBundle } from "../render/types.ts";
import { bundleOf } from "./bundle.ts";
import { findFiles, inRoot } from "./find-files.ts";
import { objectsOf, type PlacedObject } from "./objects.ts";
import { parseYaml } from "./parse-yaml.ts";
import { ManifestProblems } from "./problems.ts";
import { substitute } from "./substitute.ts";

/** How templates are filled in; undefined: not at all. */
export interface TemplateValues {
  readonly env: Readonly<Record<string, string>>;
  readonly only: readonly string[] | undefined;
}

/**
 * Reads the objects of files.
 *
 * @throws SluiceError `MANIFEST_INVALID` with all problems, by file, line and column; `DEFINITION_INVALID` for variables
 * that are not set
 */
export async function loadManifests(
  root: string,
  globs: readonly string[],
  template: TemplateValues | undefined,
): Promise<RenderedBundle> {
  const problems = new ManifestProblems();
  const placed: PlacedObject[] = [];
  for (const file of await findFiles(root, globs, problems)) {
    const text = await readFile(inRoot(root, file), "utf8").catch((error: unknown) => {
      problems.add(file, `cannot be read: ${messageOf(error)}`);
      return "";
    });
    placed.push(...(await readObjects(text, file, template, problems)));
  }
  problems.throwIfAny();
  if (placed.length === 0) problems.add(globs.join(", "), "the files hold no object");
  return bundleOf(placed, problems);
}

/** The objects of one text. */
export async function readObjects(
  text: string,
  file: string,
  template: TemplateValues | undefined,
  problems: ManifestProblems,
): Promise<readonly PlacedObject[]> {
  const filled = template === undefined ? text : substitute(text, template.env, file, template.only);
  const documents = await parseYaml(filled, file, problems);
  for (const { where, number } of documents.flatMap(({ inexact }) => inexact)) {
    problems.add(
      where,
      `${number} has more digits than are kept exactly; write it as a text, in quotes, or a smaller one`,
    );
  }
  return objectsOf(documents, problems);
}
