import { SluiceError } from "../../../errors/index.ts";
import type { OpenCluster } from "../place.ts";
import { STATE_LABEL } from "../release/record-store.ts";
import { LABELS } from "../render/types.ts";

const SECRET = { apiVersion: "v1", kind: "Secret" } as const;

/** The app that a target holds, by its releases; undefined where there is none. Throws `TARGET_STATE` for several. */
export async function findApp({ api, namespace }: OpenCluster, target: string): Promise<string | undefined> {
  const labels = `${LABELS.target}=${target},${STATE_LABEL}`;
  const records = await api.list(SECRET, { namespace, labels });
  const apps = [...new Set(records.flatMap((record) => record.metadata.labels?.[LABELS.app] ?? []))].sort();
  if (apps.length < 2) return apps[0];
  throw new SluiceError(
    "TARGET_STATE",
    `target "${target}" holds several apps in namespace ${namespace}: ${apps.join(", ")}`,
    { hint: "Give each app a target of its own, by its name, so that it can be asked for alone." },
  );
}
