import type { TargetPreview } from "../../../ports/index.ts";
import type { KubeObject } from "../api/types.ts";
import { previewAlone } from "../apply/preview.ts";
import type { Session } from "../driver/session.ts";
import { partyOf, type Situation } from "../driver/situation.ts";
import { MANAGER, type ServiceContent } from "../release/types.ts";
import { LABELS } from "../render/types.ts";
import { WEIGHT_ANNOTATION } from "../traffic/service-object.ts";
import { asChanges } from "./changes.ts";

type Rerouting = Pick<TargetPreview, "changes" | "irreversible" | "notes">;

/** What changes in the way to the live release, where that one stays as it is: other options of the target's traffic. */
export async function rerouting(
  session: Session,
  { stable }: Situation,
  live: ServiceContent | undefined,
): Promise<Rerouting> {
  const { api, router, place, force, mask, forward: signal } = session;
  const none = { changes: [], irreversible: [], notes: [] };
  if (stable === undefined || live === undefined || (await router.isSettled(partyOf(stable)))) return none;
  const objects = settled(session, live, stable.revision);
  const options = { manager: MANAGER, namespace: place.namespace, force };
  const found = await previewAlone(api, objects, options, { signal, mask });
  const { changes, notes } = asChanges(found.filter(({ change }) => change !== "unchanged"));
  const lasting = "only where requests come in changes, which is not taken back if it fails";
  return { changes, notes, irreversible: changes.length === 0 ? [] : [lasting] };
}

/** What the requests go by once the release is live. */
export function settled(
  { router }: Session,
  content: ServiceContent,
  revision: number,
): readonly KubeObject[] {
  return router.draft(content).map((object) => {
    if (object.kind !== "Service") return object;
    const { [WEIGHT_ANNOTATION]: _weight, ...annotations } = object.metadata.annotations ?? {};
    const { annotations: _all, ...metadata } = object.metadata;
    const noted = Object.keys(annotations).length === 0 ? {} : { annotations };
    const selector = { ...(object.spec?.["selector"] as object), [LABELS.revision]: String(revision) };
    return { ...object, metadata: { ...metadata, ...noted }, spec: { ...object.spec, selector } };
  });
}
