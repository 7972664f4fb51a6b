import { SluiceError } from "../../../errors/index.ts";
import type { OpenCluster } from "../place.ts";
import { STATE_LABEL } from "../release/record-store.ts";
import { LABELS } from "../render/types.ts";
import type { KubernetesVerbSpec } from "../spec.ts";

const SECRET = { apiVersion: "v1", kind: "Secret" } as const;

/** The apps that a target holds, by their releases. */
export async function findApps({ api, namespace }: OpenCluster, target: string): Promise<readonly string[]> {
  const labels = `${LABELS.target}=${target},${STATE_LABEL}`;
  const records = await api.list(SECRET, { namespace, labels });
  return [...new Set(records.flatMap((record) => record.metadata.labels?.[LABELS.app] ?? []))].sort();
}

/**
 * The app of a target that a verb is about, of those that the target holds; `undefined` where there is none. Throws
 * `TARGET_STATE` for several of which none is named, `TARGET_UNKNOWN` for a name that none of them has.
 */
export function appOf(
  { target, app }: Pick<KubernetesVerbSpec, "target" | "app">,
  apps: readonly string[],
): string | undefined {
  const { name } = target;
  const [first, second] = apps;
  if (app === undefined) {
    if (second === undefined) return first;
    throw new SluiceError("TARGET_STATE", `target "${name}" holds several apps: ${apps.join(", ")}`, {
      hint: `Say which one is meant, for example --app ${String(first)}.`,
    });
  }
  if (first === undefined || apps.includes(app)) return first && app;
  throw new SluiceError("TARGET_UNKNOWN", `no app "${app}" was ever deployed to target "${name}"`, {
    hint: `It holds: ${apps.join(", ")}.`,
  });
}
