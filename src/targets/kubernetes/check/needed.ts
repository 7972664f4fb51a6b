import type { KubeObject } from "../api/types.ts";
import type { Permission } from "../apply/permissions.ts";
import type { OpenCluster } from "../place.ts";
import type { KubernetesDeploySpec } from "../spec.ts";
import type { FilesFound } from "./files.ts";
import { bundlePermissions, helmPermissions, servicePermissions } from "./permissions.ts";

/** What a deploy of this app will ask of the server, and what of it cannot be told. */
export async function neededPermissions(
  { api, namespace }: OpenCluster,
  { app, target }: KubernetesDeploySpec,
  files: FilesFound | undefined,
): Promise<{ readonly permissions: readonly Permission[]; readonly note: string }> {
  switch (app.kind) {
    case "service":
      return { permissions: servicePermissions(app.spec, target, namespace), note: "" };
    case "helm":
      return {
        permissions: helmPermissions(namespace),
        note: ", but for what the chart holds, which only Helm knows",
      };
    default: {
      const objects = files?.objects ?? [];
      const namespaced = new Map<KubeObject, boolean>();
      for (const object of objects) {
        const resource = await api.resource(object).catch(() => undefined);
        namespaced.set(object, resource?.namespaced ?? true);
      }
      const isNamespaced = (object: KubeObject): boolean => namespaced.get(object) ?? true;
      const note = files?.check.state === "ok" ? "" : ", but for the manifests that could not be read";
      return { permissions: bundlePermissions(objects, isNamespaced, namespace), note };
    }
  }
}
