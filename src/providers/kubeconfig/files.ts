import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { codeOf, SluiceError } from "../../errors/index.ts";
import type { ClusterContext } from "../../ports/index.ts";
import { variable } from "../_shared/index.ts";

/**
 * The files that make up the kubeconfig, the first one first. Of those that `KUBECONFIG` lists, ones that are not there are
 * passed over, as kubectl does.
 *
 * @throws SluiceError `CLUSTER_UNREACHABLE` where there is none
 */
export async function filesOf(
  path: string | undefined,
  { env, root }: Pick<ClusterContext, "env" | "root">,
): Promise<readonly string[]> {
  const home = variable(env, "HOME", "USERPROFILE") ?? homedir();
  if (path !== undefined) {
    const file = resolve(root, path.replace(/^~(?=$|[\\/])/, home));
    if (await isThere(file)) return [file];
    throw missing(
      `there is no kubeconfig ${file}`,
      "Correct the path; relative ones are taken from the pipeline's folder.",
    );
  }
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  const candidates =
    listed.length > 0 ? listed.map((file) => resolve(root, file)) : [join(home, ".kube", "config")];
  const there = await Promise.all(candidates.map(isThere));
  const found = candidates.filter((_, index) => there[index]);
  if (found.length > 0) return found;
  throw missing(
    `there is no kubeconfig: ${listed.length > 0 ? `KUBECONFIG names ${candidates.join(", ")}` : `KUBECONFIG is not set, and there is no ${candidates.join("")}`}`,
    "Set KUBECONFIG, or kubeconfig({ path }). In a pod, use inCluster().",
  );
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    // What is there and cannot be read is told of when it is read.
    return codeOf(error) !== "ENOENT";
  }
}

function missing(message: string, hint: string): SluiceError {
  return new SluiceError("CLUSTER_UNREACHABLE", message, { hint });
}
