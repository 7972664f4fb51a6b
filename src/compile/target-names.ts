import type { DraftNode } from "../builder/draft.ts";
import { canonicalJson } from "../util/canonical-json.ts";
import type { Issues } from "./issues.ts";
import { SILENT, specToJson } from "./spec.ts";

interface Holder {
  readonly node: DraftNode;
  readonly target: object;
  readonly place: string;
}

/**
 * That a name means one target: `status`, `rollback` and `stop` are told nothing else, and would look at one of several and
 * speak for all. The same target may be deployed to, and written, as often as one likes.
 */
export class TargetNames {
  readonly #taken = new Map<string, Holder>();

  check(node: DraftNode, issues: Issues): void {
    if (node.action.kind !== "deploy") return;
    const { target } = node.action;
    const taken = this.#taken.get(target.name);
    if (taken?.target === target) return;
    const place = `${target.kind} ${canonicalJson(specToJson(target.spec, SILENT))}`;
    if (taken === undefined) this.#taken.set(target.name, { node, target, place });
    else if (taken.place !== place) {
      issues.node(
        node,
        "target-name",
        `its target is called "${target.name}", as is another one, to which "${taken.node.id}" deploys`,
        `Give one of them a \`name\` of its own: ${target.kind}({ …, name: "${target.name}-2" }).`,
      );
    }
  }
}
