import type { KubeObject } from "../api/types.ts";
import { literal } from "./escape.ts";
import { labelsOf } from "./names.ts";
import { baseContainer, basePod, containerEnv, type PodParts } from "./pod.ts";
import type { JobSettings } from "./reading-cluster.ts";
import { LABELS, type AppIdentity, type RenderedJob } from "./types.ts";
import { seconds } from "./workload.ts";

/** How long a finished job stays, so that its log can be read. */
const KEPT_SECONDS = 86_400;

/** A hook as a Job. Its driver names it by the release that runs it. */
export function renderJob(
  job: JobSettings,
  parts: PodParts & { readonly identity: AppIdentity; readonly secret: KubeObject | undefined },
): RenderedJob {
  const { app, identity, secret } = parts;
  const labels: Readonly<Record<string, string>> = {
    ...labelsOf(identity),
    "app.kubernetes.io/component": job.name,
  };
  // Without the label that the app's Service selects by: it would send requests to the job's pod.
  const { [LABELS.app]: _, ...unselected } = labels;
  const noted = Object.keys(job.annotations).length === 0 ? {} : { annotations: job.annotations };
  const object: KubeObject = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: `${identity.name}-${job.name}`, namespace: identity.namespace, labels },
    spec: {
      backoffLimit: job.retries,
      activeDeadlineSeconds: seconds(job.timeout),
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: {
        metadata: { labels: { ...job.labels, ...unselected }, ...noted },
        spec: {
          ...basePod(parts, undefined),
          restartPolicy: "Never",
          containers: [
            {
              ...baseContainer(parts, "job", job.image ?? app.image, []),
              command: job.command.map(literal),
              env: containerEnv({ ...job.env, SLUICE_TARGET: identity.target }, job.secrets, secret),
            },
          ],
        },
      },
    },
  };
  return { name: job.name, forwardOnly: job.forwardOnly, timeout: job.timeout, object };
}
