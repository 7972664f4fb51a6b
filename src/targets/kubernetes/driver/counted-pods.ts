import type { CountedSide, CountedSides } from "../../../ports/index.ts";
import type { KubeObject } from "../api/types.ts";
import { LABELS } from "../render/types.ts";
import type { Session } from "./session.ts";
import { baselineOf } from "./situation.ts";

const POD = { apiVersion: "v1", kind: "Pod" } as const;

/** The pods of each side, asked of the cluster. Those of the call before stay for one more call: they may just have ended. */
export class SidePods {
  readonly #session: Session;
  #before: readonly KubeObject[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  async sides(): Promise<CountedSides> {
    const { api, place } = this.#session;
    const { app, namespace, target } = place;
    const labels = `${LABELS.app}=${app},${LABELS.target}=${target},${LABELS.revision}`;
    const [situation, now] = await Promise.all([this.#session.look(), api.list(POD, { namespace, labels })]);
    const known = new Map([...this.#before, ...now].map((pod) => [pod.metadata.name, pod] as const));
    this.#before = now;
    const side = (of: { readonly revision: number } | undefined, fresh: boolean): CountedSide | undefined =>
      of && { revision: of.revision, pods: podsOf([...known.values()], of.revision, fresh) };
    const { stable, candidate } = situation;
    const baseline = side(baselineOf(situation), true);
    return {
      stable: side(stable, false),
      candidate: side(candidate, false),
      ...(baseline === undefined ? {} : { baseline }),
    };
  }
}

function podsOf(pods: readonly KubeObject[], revision: number, fresh: boolean): readonly string[] {
  const ours = pods.filter(
    ({ metadata: { labels = {} } }) =>
      labels[LABELS.revision] === String(revision) && (labels[LABELS.baseline] !== undefined) === fresh,
  );
  return ours.map(({ metadata }) => metadata.name).sort();
}
