import { POD_KEYS } from "../../../util/strategic-merge.ts";
import type { KubeObject } from "../api/types.ts";
import type { MountedFile } from "./configuration.ts";
import { literal } from "./escape.ts";
import { labelsOf } from "./names.ts";
import { patched } from "./patched.ts";
import { baseContainer, basePod, containerEnv, type PodParts } from "./pod.ts";
import type { ServiceApp } from "./reading.ts";
import type { Spread } from "./reading-cluster.ts";
import { LABELS, workloadName, type AppIdentity } from "./types.ts";

type Fields = Readonly<Record<string, unknown>>;

/** How long a pod that is ending still answers, until every node has learnt that it gets no new requests: seconds. */
const PROPAGATION = 5;
/** A process that does not answer `health.live` for so many periods is started again. */
const LIVE = { periodSeconds: 10, failureThreshold: 6 };
const READY_FAILURES = 3;

export interface WorkloadParts extends PodParts {
  readonly identity: AppIdentity;
  readonly secret: KubeObject | undefined;
  readonly config: { readonly name: string; readonly files: readonly MountedFile[] } | undefined;
}

/** The Deployment of one revision. */
export function deployment(parts: WorkloadParts, revision: number, replicas: number): KubeObject {
  const { app, identity } = parts;
  const selector = { [LABELS.app]: identity.name, [LABELS.revision]: String(revision) };
  const labels = { ...app.labels, ...labelsOf(identity), ...selector };
  const noted = Object.keys(app.annotations).length === 0 ? {} : { annotations: app.annotations };
  const template = { metadata: { labels, ...noted }, spec: podSpec(parts, selector, revision) };
  const object: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: workloadName(identity.name, revision),
      namespace: identity.namespace,
      labels,
      ...noted,
    },
    spec: {
      replicas,
      // A revision has a Deployment of its own, so there is nothing in its history to go back to.
      revisionHistoryLimit: 1,
      progressDeadlineSeconds: seconds(app.health.deadline),
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
      selector: { matchLabels: selector },
      template: patched(template, app.patch.pod, POD_KEYS),
    },
  };
  return patched(object, app.patch.deployment);
}

function podSpec(parts: WorkloadParts, selector: Fields, revision: number): Fields {
  const { app, config } = parts;
  const drain = seconds(app.drain, 0);
  const sleep = Math.min(PROPAGATION, drain);
  return {
    ...basePod(parts, config?.name),
    terminationGracePeriodSeconds: Math.max(1, sleep + drain),
    ...spreadOver(app, selector),
    containers: [
      {
        ...baseContainer(parts, "app", app.image, config?.files ?? []),
        ...(app.command === null ? {} : { command: app.command.map(literal) }),
        ...(app.args.length === 0 ? {} : { args: app.args.map(literal) }),
        ports: [{ name: "http", containerPort: app.port, protocol: "TCP" }],
        env: containerEnv(
          {
            ...app.env,
            PORT: String(app.port),
            SLUICE_TARGET: parts.identity.target,
            SLUICE_REVISION: String(revision),
          },
          app.secrets,
          parts.secret,
        ),
        ...probes(app),
        ...(sleep === 0 ? {} : { lifecycle: { preStop: { sleep: { seconds: sleep } } } }),
      },
    ],
  };
}

function probes({ health }: ServiceApp): Fields {
  const get = (path: string): Fields => ({ httpGet: { path, port: "http", scheme: "HTTP" } });
  const periodSeconds = seconds(health.interval);
  const timeoutSeconds = seconds(health.timeout);
  const probe = { ...get(health.path), periodSeconds, timeoutSeconds };
  return {
    startupProbe: { ...probe, failureThreshold: Math.ceil(seconds(health.deadline) / periodSeconds) },
    readinessProbe: { ...probe, failureThreshold: READY_FAILURES },
    ...(health.live === null
      ? {}
      : { livenessProbe: { ...get(health.live), ...LIVE, timeoutSeconds: Math.max(timeoutSeconds, 5) } }),
  };
}

function spreadOver({ spread }: ServiceApp, selector: Fields): Fields {
  const constraint = (topologyKey: string, how: Spread): readonly Fields[] =>
    how === false
      ? []
      : [
          {
            maxSkew: 1,
            topologyKey,
            whenUnsatisfiable: how === "require" ? "DoNotSchedule" : "ScheduleAnyway",
            labelSelector: { matchLabels: selector },
          },
        ];
  const constraints = [
    ...constraint("topology.kubernetes.io/zone", spread.zone),
    ...constraint("kubernetes.io/hostname", spread.host),
  ];
  return constraints.length === 0 ? {} : { topologySpreadConstraints: constraints };
}

/** Whole seconds, rounded up: a probe that comes too late is better than one that comes too early. */
export function seconds(ms: number, min = 1): number {
  return Math.max(min, Math.ceil(ms / 1_000));
}
