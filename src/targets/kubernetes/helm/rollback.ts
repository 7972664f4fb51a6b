import { helmMajor, helmTime, keepFlags, runHelm } from "./run-helm.ts";
import type { HelmContext } from "./types.ts";

/**
 * Takes a release back to an earlier revision. Helm records this as a new revision.
 *
 * @param timeout - of waiting until its objects are ready: milliseconds; null does not wait
 * @throws SluiceError `HELM_FAILED`, `TOOL_MISSING`, `CANCELLED`
 */
export async function helmRollback(
  context: HelmContext,
  release: string,
  revision: number,
  timeout: number | null,
): Promise<void> {
  const patience =
    timeout === null
      ? []
      : [(await helmMajor(context)) === 3 ? "--wait" : "--wait=watcher", "--timeout", helmTime(timeout)];
  const args = ["rollback", release, String(revision), ...patience, ...keepFlags(context)];
  await runHelm(context, args, `take release "${release}" back to revision ${revision}`);
}
