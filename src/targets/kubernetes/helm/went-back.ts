import { runHelm } from "./run-helm.ts";
import type { HelmContext } from "./types.ts";

/**
 * The revision that the newest one is a copy of, where Helm has taken a release back to it. Only its description says so.
 *
 * @throws SluiceError `HELM_FAILED`, `TOOL_MISSING`, `CANCELLED`
 */
export async function wentBackTo(context: HelmContext, release: string): Promise<number | undefined> {
  const args = ["history", release, "--max", "1", "--output", "json"];
  const text = await runHelm(context, args, `read the history of release "${release}"`);
  const found = /"description":\s*"Rollback to (\d+)"/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
