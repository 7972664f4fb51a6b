import type { KubeObject } from "../api/types.ts";
import type { MountedFile } from "./configuration.ts";
import { literal } from "./escape.ts";
import type { ServiceApp } from "./reading.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What containers of a service and of its jobs share. */
export interface PodParts {
  readonly app: ServiceApp;
  /** The ServiceAccount's name. */
  readonly account: string;
}

/** Variables as a container has them: those of secrets refer to the Secret, which the spec does not repeat. */
export function containerEnv(
  env: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
  secret: KubeObject | undefined,
): readonly Fields[] {
  const plain = Object.keys(env)
    .sort()
    .map((name) => ({ name, value: literal(env[name] ?? "") }));
  const held = Object.keys(secrets)
    .sort()
    .map((name) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret?.metadata.name ?? "", key: name } },
    }));
  return [...plain, ...held];
}

/** Of a container: passes the Pod Security level `restricted` unless the app asks for more. */
function containerSecurity({ security }: ServiceApp): Fields {
  const { readOnlyRootFilesystem, capabilities } = security;
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem,
    capabilities: { drop: ["ALL"], ...(capabilities.length === 0 ? {} : { add: capabilities }) },
  };
}

function podSecurity({ security }: ServiceApp): Fields {
  const { runAsNonRoot, runAsUser, runAsGroup, fsGroup } = security;
  return {
    runAsNonRoot,
    ...(runAsUser === null ? {} : { runAsUser }),
    ...(runAsGroup === null ? {} : { runAsGroup }),
    ...(fsGroup === null ? {} : { fsGroup }),
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** The parts of a container that are the same for a service and its jobs. */
export function baseContainer(
  { app }: PodParts,
  name: string,
  image: string,
  files: readonly MountedFile[],
): Fields {
  const { policy } = app.imagePull;
  const mounts = [
    ...app.security.writable.map((mountPath, index) => ({ name: `writable-${index}`, mountPath })),
    ...files.map(({ key, path }) => ({ name: "config", mountPath: path, subPath: key, readOnly: true })),
  ];
  return {
    name,
    image,
    ...(policy === null ? {} : { imagePullPolicy: policy }),
    resources: app.resources,
    securityContext: containerSecurity(app),
    ...(mounts.length === 0 ? {} : { volumeMounts: mounts }),
  };
}

/** The parts of a pod's spec that are the same for a service and its jobs. */
export function basePod({ app, account }: PodParts, config: string | undefined): Fields {
  const { secrets } = app.imagePull;
  const volumes = [
    ...app.security.writable.map((_, index) => ({ name: `writable-${index}`, emptyDir: {} })),
    ...(config === undefined ? [] : [{ name: "config", configMap: { name: config } }]),
  ];
  return {
    serviceAccountName: account,
    // Of an account that is not ours, it is for that account to say.
    ...("existing" in app.account ? {} : { automountServiceAccountToken: app.account.token }),
    // Variables named after every Service of the namespace would come and go with those.
    enableServiceLinks: false,
    securityContext: podSecurity(app),
    ...(secrets.length === 0 ? {} : { imagePullSecrets: secrets.map((name) => ({ name })) }),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}
