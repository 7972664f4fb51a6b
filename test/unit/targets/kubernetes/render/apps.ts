import { job } from "../../../../../src/deploy/job.ts";
import { service, type ServiceOptions } from "../../../../../src/deploy/service.ts";
import { SECRET, secretHandle, type Json, type Secret } from "../../../../../src/model/index.ts";
import type { App, ResolvedApp } from "../../../../../src/ports/index.ts";
import type { AppIdentity } from "../../../../../src/targets/kubernetes/render/types.ts";

export const IDENTITY: AppIdentity = {
  name: "shop",
  namespace: "prod",
  target: "production",
  pipeline: "ai query: service",
};
export const SALT = "a salt";

export function secret(name: string): Secret {
  return { [SECRET]: { name, owner: {} } };
}

/** An app as a driver gets it: its definition has no refs. */
export function resolved(app: App, secrets: Readonly<Record<string, string>> = {}): ResolvedApp {
  const walk = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null) return part;
    const handle = secretHandle(part);
    if (handle !== undefined) return { $secret: handle.name };
    if (Array.isArray(part)) return part.map(walk);
    return Object.fromEntries(Object.entries(part).map(([key, member]) => [key, walk(member)]));
  };
  return { kind: app.kind, spec: walk(app.spec) as Json, secrets };
}

export const PLAIN = { image: "lab.local/web:1" } as const;

/** Every option there is. */
export const FULL: ServiceOptions = {
  name: "shop",
  image: "registry.example/shop@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
  command: ["/app", "$(NOT_A_VARIABLE)"],
  args: ["web", 3, "$$"],
  port: 9_000,
  replicas: 4,
  health: { path: "/ready", live: "/live", interval: "1500ms", timeout: "3s", startup: "90s" },
  env: { LEVEL: "info", LIMIT: 5, TEMPLATE: "$(HOME) $$ $5" },
  secrets: { TOKEN: secret("token"), KEY: secret("key") },
  drain: "20s",
  resources: { cpu: "250m", memory: "128Mi", limits: { "ephemeral-storage": "1Gi" } },
  autoscale: { min: 3, max: 9, cpu: 60 },
  disruption: "25%",
  account: { annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1234:role/shop" } },
  config: {
    files: {
      "/etc/shop/shop.yaml": "level: $LEVEL\nlimit: ${LIMIT}\n",
      "/etc/shop/plain.conf": "listen 80;\n",
    },
  },
  spread: { zone: "require", host: "prefer" },
  security: { runAsUser: 65_532, runAsGroup: 65_532, fsGroup: 65_532, writable: ["/tmp", "/var/cache/shop"] },
  imagePull: { secrets: ["registry"], policy: "IfNotPresent" },
  labels: { team: "checkout" },
  annotations: { "prometheus.io/scrape": "true" },
  hooks: {
    before: [
      job({
        name: "migrate",
        image: "registry.example/tools:7",
        command: ["/migrate", "--to", "7"],
        env: { LEVEL: "debug" },
        secrets: { DATABASE: secret("database") },
        timeout: "4m",
        retries: 2,
        forwardOnly: true,
        labels: { team: "data" },
        annotations: { note: "careful" },
      }),
    ],
    after: [job({ name: "smoke", command: ["/smoke"] })],
  },
};
export const SECRETS = { token: "hunter2", key: "line\nbreak", database: "postgres://x" };

export function plain(changes: Readonly<Record<string, unknown>> = {}): ResolvedApp {
  return resolved(service({ ...PLAIN, ...changes }), SECRETS);
}

export function full(
  changes: Readonly<Record<string, unknown>> = {},
  secrets: Readonly<Record<string, string>> = SECRETS,
): ResolvedApp {
  return resolved(service({ ...FULL, ...changes }), secrets);
}
