import type { CompiledNode } from "../../compile/index.ts";
import { expressionText } from "../../model/condition-text.ts";
import { type Json, refHandle, secretHandle } from "../../model/index.ts";
import type { ResolvedApp } from "../../ports/index.ts";

export type DeployAction = Extract<CompiledNode["action"], { kind: "deploy" }>;

/**
 * An app as far as it is known before a run: what a job will give, and the value of each secret, is a word that stands for
 * it. The words are made so that nearly every field of a manifest takes them, names and labels included.
 */
export function draftApp({ app }: Pick<DeployAction, "app">): ResolvedApp {
  const words = new Map<string, string>();
  const word = (kind: string, what: string): string => {
    const known = words.get(what) ?? `sluice-${kind}-${words.size + 1}-x`;
    words.set(what, known);
    return known;
  };
  const secrets: Record<string, string> = {};
  const walk = (part: unknown): unknown => {
    if ((typeof part !== "object" && typeof part !== "function") || part === null) return part;
    const handle = refHandle(part);
    if (handle !== undefined) return word("unknown", expressionText(handle.expression));
    const secret = secretHandle(part);
    if (secret !== undefined) {
      secrets[secret.name] = word("secret", `secret ${secret.name}`);
      return { $secret: secret.name };
    }
    if (Array.isArray(part)) return part.map(walk);
    return Object.fromEntries(Object.entries(part).map(([key, member]) => [key, walk(member)]));
  };
  const spec = walk(app.spec) as Json;
  return {
    kind: app.kind,
    spec,
    secrets,
    unknown: Object.fromEntries([...words].map(([what, known]) => [known, what])),
  };
}
