import { SluiceError } from "../errors/index.ts";
import type { Artifact, Json, NodeResult, Plan } from "../model/index.ts";
import type { Graph } from "./graph.ts";
import type { Values } from "./resolve.ts";

/** How each node ended, and what specs and conditions read of it. */
export class Results implements Values {
  readonly #graph: Graph;
  readonly #secrets: ReadonlyMap<string, string>;
  readonly #byIndex: (NodeResult | undefined)[];

  constructor(graph: Graph, secrets: ReadonlyMap<string, string>) {
    this.#graph = graph;
    this.#secrets = secrets;
    this.#byIndex = new Array<NodeResult | undefined>(graph.count);
  }

  at(index: number): NodeResult | undefined {
    return this.#byIndex[index];
  }

  set(index: number, result: NodeResult): void {
    this.#byIndex[index] = result;
  }

  readonly of = (id: string): NodeResult | undefined => this.#byIndex[this.#graph.indexOf.get(id) ?? -1];

  output(node: string): Json | undefined {
    const result = this.of(node);
    return result?.state === "succeeded" ? result.output : undefined;
  }

  artifact(node: string, name: string): Artifact | undefined {
    return this.artifacts(node).find((one) => one.name === name);
  }

  artifacts(node: string): readonly Artifact[] {
    const result = this.of(node);
    return result?.state === "succeeded" ? result.artifacts : NONE;
  }

  secret(name: string): string {
    const value = this.#secrets.get(name);
    if (value === undefined)
      throw new SluiceError("SECRET_MISSING", `secret "${name}" was not resolved for this run`);
    return value;
  }

  /** Of the nodes that have ended, in the Plan's order. */
  byId(plan: Plan): Map<string, NodeResult> {
    const nodes = new Map<string, NodeResult>();
    plan.nodes.forEach((node, index) => {
      const result = this.#byIndex[index];
      if (result !== undefined) nodes.set(node.id, result);
    });
    return nodes;
  }
}

const NONE: readonly Artifact[] = Object.freeze([]);
