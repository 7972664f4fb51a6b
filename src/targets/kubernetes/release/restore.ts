import type { ClusterApi } from "../api/types.ts";
import { inWaves } from "../apply/order.ts";
import { MANAGER, type Touched } from "./types.ts";

const TRAFFIC = new Set(["Service", "HTTPRoute"]);

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
 * What was not there is left for {@link removeNew}. Done twice, it changes nothing.
 */
export async function restoreOld({ api, guard }: RestoreHands, before: readonly Touched[]): Promise<void> {
  for (const wave of waves(before)) {
    await guard();
    await Promise.all(
      wave.map(async ({ fields }) => {
        if (fields !== undefined) await api.apply(fields, { manager: MANAGER, force: true });
      }),
    );
  }
}

/** Removes what was not there before, what was made last first. */
export async function removeNew({ api, guard }: RestoreHands, before: readonly Touched[]): Promise<void> {
  for (const wave of waves(before).toReversed()) {
    const made = wave.filter(({ fields }) => fields === undefined);
    if (made.length === 0) continue;
    await guard();
    await Promise.all(made.map(({ ref }) => api.remove(ref)));
  }
}

function waves(touched: readonly Touched[]): readonly (readonly Touched[])[] {
  const objects = touched.map((one) => {
    const { apiVersion, kind, name } = one.ref;
    return { apiVersion, kind, metadata: { name }, touched: one };
  });
  return inWaves(objects).map((wave) => wave.objects.map((object) => object.touched));
}
