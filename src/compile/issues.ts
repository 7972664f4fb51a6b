import type { DefinitionIssue } from "../errors/index.ts";
import type { DraftNode, DraftStage } from "../builder/draft.ts";
import type { Site } from "../builder/site.ts";

/** Gathers every mistake of a definition; places are formatted only for what is reported. */
export class Issues {
  readonly #found: { issue: Omit<DefinitionIssue, "at">; site: Site | undefined }[] = [];

  add(site: Site | undefined, issue: Omit<DefinitionIssue, "at">): void {
    this.#found.push({ issue, site });
  }

  node(node: DraftNode, rule: string, message: string, hint?: string): void {
    this.add(node.site, { rule, path: nodePath(node), message, hint });
  }

  get empty(): boolean {
    return this.#found.length === 0;
  }

  /** In the order of the user's lines, where they are of one file; otherwise as found. */
  list(): DefinitionIssue[] {
    const issues = this.#found.map(({ issue, site }) => ({ ...issue, at: site?.location }));
    return issues.sort((a, b) =>
      a.at?.file !== undefined && a.at.file === b.at?.file ? a.at.line - b.at.line : 0,
    );
  }
}

export function nodePath(node: DraftNode): string {
  return `stage "${node.stage.name}" > ${node.action.kind} "${node.name}"`;
}

export function stagePath(stage: DraftStage): string {
  return `stage "${stage.name}"`;
}
