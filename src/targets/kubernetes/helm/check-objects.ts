import type { ClusterApi, KubeObject } from "../api/types.ts";
import { inspectObjects, type Inspection } from "../apply/inspect.ts";
import { definedKinds, type Placed } from "../apply/place.ts";
import type { Problem } from "../apply/problems.ts";
import { groupOf, refOf } from "../apply/refs.ts";
import { scrubber } from "../apply/scrub.ts";
import { readRevision } from "./deployed.ts";
import { asSent, HELM, helmWay } from "./foresee.ts";
import { helmStatus } from "./revisions.ts";
import type { HelmContext } from "./types.ts";

/**
 * Why the server would refuse objects of a chart, of all of them at once. Nothing changes. Whose fields they are is not
 * asked: that Helm sees to itself. What the server cannot be asked about yet counts as good.
 */
export async function checkObjects(
  api: ClusterApi,
  helm: HelmContext,
  release: string,
  objects: readonly KubeObject[],
  { signal, mask }: { readonly signal: AbortSignal; readonly mask: (text: string) => string },
): Promise<readonly Problem[]> {
  const { namespace } = helm;
  const revisions = await helmStatus(api, namespace, release);
  const newest = revisions.find(({ status }) => status === "deployed");
  const deployed = newest && (await readRevision(api, namespace, release, newest.revision));
  const { attempt } = await helmWay(api, helm, deployed);
  const defined = definedKinds(objects);
  const sent = await asSent(api, namespace, release, objects);
  const all = await Promise.all(
    sent.map(async (object): Promise<Placed> => {
      const own = defined.has(`${groupOf(object)}/${object.kind}`);
      const served = own ? await api.resource(object).catch(() => undefined) : undefined;
      return { ref: refOf(object), object, unborn: own && served === undefined };
    }),
  );
  const inspection: Inspection = {
    api,
    scope: { manager: HELM, namespace, set: "", force: true },
    id: "",
    scrub: scrubber(objects, mask),
    signal,
    all,
    isThere: () => false,
    known: new Map(),
    attempt,
  };
  const inspected = await inspectObjects(inspection, all);
  return inspected.flatMap(({ problem }) => problem ?? []);
}
