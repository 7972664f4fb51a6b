import { helmTime, runHelm } from "./run-helm.ts";
import type { HelmContext } from "./types.ts";

/**
 * Removes a release with all its objects, and waits until they are gone.
 *
 * @throws SluiceError `HELM_FAILED`, `TOOL_MISSING`, `CANCELLED`
 */
export async function helmUninstall(context: HelmContext, release: string, timeout: number): Promise<void> {
  const args = ["uninstall", release, "--wait", "--timeout", helmTime(timeout)];
  await runHelm(context, args, `remove release "${release}"`);
}
