import { messageOf } from "../../../errors/index.ts";
import type { TargetContext } from "../../../ports/index.ts";
import type { KubeObject } from "../api/types.ts";
import type { Permission } from "../apply/permissions.ts";
import { renderBundle } from "../manifests/render-bundle.ts";
import type { OpenCluster } from "../place.ts";
import type { KubernetesDeploySpec } from "../spec.ts";
import { bundlePermissions, helmPermissions, servicePermissions } from "./permissions.ts";

/** What a deploy of this app will ask of the server, and what of it cannot be told yet. */
export async function neededPermissions(
  { api, namespace }: OpenCluster,
  { app, target }: KubernetesDeploySpec,
  context: TargetContext,
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
      let objects: readonly KubeObject[];
      try {
        ({ objects } = await renderBundle(app, context));
      } catch (error) {
        // Files that a job makes are not there yet.
        return {
          permissions: helmPermissions(namespace),
          note: `, but for the manifests: ${messageOf(error)}`,
        };
      }
      const namespaced = new Map<KubeObject, boolean>();
      for (const object of objects) {
        const resource = await api.resource(object).catch(() => undefined);
        namespaced.set(object, resource?.namespaced ?? true);
      }
      const isNamespaced = (object: KubeObject): boolean => namespaced.get(object) ?? true;
      return { permissions: bundlePermissions(objects, isNamespaced, namespace), note: "" };
    }
  }
}
