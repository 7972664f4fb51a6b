import { createHash } from "node:crypto";
import type { Plan } from "./plan.ts";

/** {@link Plan.fingerprint} of the rest of a Plan. Hashed node by node, so that a large one is never one text in memory. */
export function planFingerprint(body: Omit<Plan, "fingerprint">): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify({ ...body, nodes: [] }));
  for (const node of body.nodes) hash.update(`\n${JSON.stringify({ ...node, source: undefined })}`);
  return `sha256:${hash.digest("hex")}`;
}
