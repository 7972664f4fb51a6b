import { helmMajor, helmTime, runHelm } from "./run-helm.ts";
import type { HelmContext } from "./types.ts";

/**
 * Takes a release back to an earlier revision and waits until its objects are ready. Helm records this as a new revision.
 *
 * @throws SluiceError `HELM_FAILED`, `TOOL_MISSING`, `CANCELLED`
 */
export async function helmRollback(
  context: HelmContext,
  release: string,
  revision: number,
  timeout: number,
): Promise<void> {
  const wait = (await helmMajor(context)) === 3 ? "--wait" : "--wait=watcher";
  const args = ["rollback", release, String(revision), wait, "--timeout", helmTime(timeout)];
  await runHelm(context, args, `take release "${release}" back to revision ${revision}`);
}
