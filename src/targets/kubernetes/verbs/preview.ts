import { isSluiceError } from "../../../errors/index.ts";
import type { TargetContext, TargetPreview } from "../../../ports/index.ts";
import type { ClusterApi } from "../api/types.ts";
import { hurried } from "../hurried.ts";
import { openCluster, type TargetHands } from "../place.ts";
import { previewBundle } from "../preview/bundle.ts";
import { previewHelm } from "../preview/helm.ts";
import { lookOnly } from "../preview/look-only.ts";
import { mapTexts } from "../preview/map-texts.ts";
import { previewService } from "../preview/service.ts";
import { untag } from "../preview/tag-images.ts";
import { appName, nameFromPipeline } from "../render/names.ts";
import type { KubernetesDeploySpec } from "../spec.ts";

/** Milliseconds within which a request that failed for a while is sent again: a plan is waited for. */
const AGAIN = 3_000;
const WARNS = "the API server warns: ";

/** What a deploy would change in the cluster, as its server says. Takes no lease and changes nothing. */
export async function previewKubernetes(
  hands: TargetHands,
  spec: KubernetesDeploySpec,
  context: TargetContext,
): Promise<TargetPreview> {
  const { target, app } = spec;
  const { signal } = context;
  const name = appName(app, target.app ?? nameFromPipeline(context.pipeline));
  const warnings = new Set<string>();
  const log = (text: string): void => {
    if (text.startsWith(WARNS)) warnings.add(`the server warns: ${text.slice(WARNS.length)}`);
  };
  const open = await openCluster(hurried(hands, { signal, deadline: AGAIN, log }), target, context);
  try {
    const there = await hasNamespace(open.api, open.namespace);
    const session = lookOnly(open, target, name, context);
    const preview =
      app.kind === "service"
        ? await previewService(session, app, there)
        : app.kind === "helm"
          ? await previewHelm(session, open, app, context, there)
          : await previewBundle(session, app, context, there);
    const words = Object.keys(app.unknown ?? {});
    const noted = mapTexts({ ...preview, notes: [...preview.notes, ...warnings] }, (text) =>
      untag(text, words),
    );
    return there ? noted : withoutNamespace(noted, open.namespace, target.createNamespace);
  } finally {
    open.api.close();
  }
}

/** Who may not look at namespaces has been given one. */
async function hasNamespace(api: ClusterApi, name: string): Promise<boolean> {
  try {
    return (await api.get({ apiVersion: "v1", kind: "Namespace", name })) !== undefined;
  } catch (error) {
    if (isSluiceError(error) && "status" in error && error.status === 403) return true;
    throw error;
  }
}

function withoutNamespace(preview: TargetPreview, namespace: string, make: boolean): TargetPreview {
  const made = { object: `Namespace ${namespace}`, change: "create", fields: [], conflicts: [] } as const;
  const note = make
    ? `there is no namespace ${namespace}: it would be made, and the server cannot check what goes there before`
    : `there is no namespace ${namespace}: make it, or give the target createNamespace: true`;
  const changes = make ? [made, ...preview.changes] : preview.changes;
  return { ...preview, changes, notes: [note, ...preview.notes] };
}
