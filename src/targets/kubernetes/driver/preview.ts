import type { KubeObject, ObjectRef } from "../api/types.ts";
import { labelsOf } from "../render/names.ts";
import type { Ports } from "../traffic/router.ts";
import { serviceObject } from "../traffic/service-object.ts";
import { identityOf, type Session } from "./session.ts";

/** The Service that the candidate alone answers. */
export function previewName(app: string): string {
  return `${app}-preview`;
}

export function previewRef(session: Session): ObjectRef {
  return session.ref("v1", "Service", previewName(session.place.app));
}

export function previewObject({ place }: Session, revision: number, ports: Ports): KubeObject {
  const { app, namespace } = place;
  return serviceObject({
    name: previewName(app),
    namespace,
    app,
    revision,
    ports,
    labels: labelsOf(identityOf(place)),
  });
}

/** Resolves when a request to the preview Service reaches the candidate. */
export function awaitPreview(session: Session, revision: number, signal: AbortSignal): Promise<void> {
  const { endpoints, place, timeout } = session;
  return endpoints.follow(previewName(place.app), [revision], { timeout, signal });
}
