import type { ClusterApi, ObjectRef } from "../api/types.ts";
import { inWaves } from "../apply/order.ts";
import { MANAGER, type Touched } from "./types.ts";

const TRAFFIC = new Set([
  "Service",
  "Ingress",
  "HTTPRoute",
  "GRPCRoute",
  "TLSRoute",
  "TCPRoute",
  "UDPRoute",
  // Istio's and Traefik's.
  "VirtualService",
  "IngressRoute",
  "IngressRouteTCP",
  "IngressRouteUDP",
]);

/** What decides where requests go; the rest is capacity and what capacity needs. */
export function isTraffic({ ref }: Touched): boolean {
  return TRAFFIC.has(ref.kind);
}

export interface RestoreHands {
  readonly api: ClusterApi;
  /** Called before each change. */
  readonly guard: () => Promise<void>;
}

/**
 * Puts objects back as they were: our fields of those that were there, whatever anybody has done to these fields since.
 * What was not there is left for `removeNew`. Done twice, it changes nothing.
 *
 * @param refused - told of an object that could not be put back; goes on where it does not throw
 */
export async function restoreOld(
  { api, guard }: RestoreHands,
  before: readonly Touched[],
  refused: (ref: ObjectRef, error: unknown) => void = (_ref, error) => {
    throw error;
  },
): Promise<void> {
  for (const wave of waves(before)) {
    await guard();
    await Promise.all(
      wave.map(async ({ ref, fields }) => {
        if (fields === undefined) return;
        try {
          await api.apply(fields, { manager: MANAGER, force: true });
        } catch (error) {
          refused(ref, error);
        }
      }),
    );
  }
}

function waves(touched: readonly Touched[]): readonly (readonly Touched[])[] {
  const objects = touched.map((one) => {
    const { apiVersion, kind, name } = one.ref;
    return { apiVersion, kind, metadata: { name }, touched: one };
  });
  return inWaves(objects).map((wave) => wave.objects.map((object) => object.touched));
}
