import { createHmac } from "node:crypto";
import { SluiceError } from "../../../errors/index.ts";
import { canonicalJson } from "../../../util/canonical-json.ts";
import { ACCOUNT_KEYS } from "../../../util/strategic-merge.ts";
import type { KubeObject } from "../api/types.ts";
import { substitute } from "../manifests/substitute.ts";
import { labelsOf, shortHash } from "./names.ts";
import { patched } from "./patched.ts";
import type { ServiceApp } from "./reading.ts";
import type { AppIdentity } from "./types.ts";

/** A file as the pods find it: a key of a ConfigMap at a path. */
export interface MountedFile {
  readonly key: string;
  readonly path: string;
}

export interface ConfigFiles {
  readonly object: KubeObject;
  readonly files: readonly MountedFile[];
}

const MAX_BYTES = 1_000_000;

/** The config files, filled in, as a ConfigMap named by its content. Throws `DEFINITION_INVALID`. */
export function configFiles(app: ServiceApp, identity: AppIdentity): ConfigFiles | undefined {
  if (app.config === null) return undefined;
  const { files: templates, variables, only } = app.config;
  const data: Record<string, string> = {};
  const files: MountedFile[] = [];
  for (const [index, path] of Object.keys(templates).sort().entries()) {
    const key = `${index}-${(path.split("/").at(-1) ?? "").replace(/[^\w.-]/g, "_").slice(0, 200)}`;
    data[key] = substitute(templates[path] ?? "", variables, path, only);
    files.push({ key, path });
  }
  if (files.length === 0) return undefined;
  const size = Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (size > MAX_BYTES) {
    throw new SluiceError(
      "DEFINITION_INVALID",
      `the config files hold ${size} bytes; a cluster keeps at most ${MAX_BYTES}`,
      {
        hint: "Put large files into the image.",
      },
    );
  }
  const metadata = {
    name: `${identity.name}-config-${shortHash(canonicalJson({ data, files }))}`,
    namespace: identity.namespace,
    labels: labelsOf(identity),
  };
  return { object: { apiVersion: "v1", kind: "ConfigMap", metadata, data, immutable: true }, files };
}

/**
 * The values of secrets as a Secret. Its name changes with its content, so that pods and a rollback always find the
 * values that they were released with; and the name tells nothing of them, because it is an HMAC under a salt that only
 * those know who may read Secrets anyway. A plain hash, or one keyed by something that is known, would let anybody who
 * sees a Deployment try out passwords.
 *
 * @param names - names of secrets by the variable that carries each
 */
export function secretObject(
  base: string,
  names: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
  identity: AppIdentity,
  salt: string,
): KubeObject | undefined {
  const variables = Object.keys(names).sort();
  if (variables.length === 0) return undefined;
  const data: Record<string, string> = {};
  for (const variable of variables) {
    const name = names[variable] ?? "";
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) {
      throw new SluiceError("SECRET_MISSING", `secret "${name}" for ${variable} has no value here`, {
        hint: "Run it where the pipeline's secrets can be resolved.",
      });
    }
    data[variable] = Buffer.from(value).toString("base64");
  }
  const digest = createHmac("sha256", salt).update(canonicalJson(data)).digest("hex").slice(0, 16);
  const metadata = {
    name: `${base}-${digest}`,
    namespace: identity.namespace,
    labels: labelsOf(identity),
  };
  return { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data, immutable: true };
}

/** The ServiceAccount that pods run as, where it is the app's own. */
export function serviceAccount(app: ServiceApp, identity: AppIdentity): KubeObject | undefined {
  if ("existing" in app.account) return undefined;
  const { annotations } = app.account;
  const object: KubeObject = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: {
      name: identity.name,
      namespace: identity.namespace,
      labels: labelsOf(identity),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    automountServiceAccountToken: false,
  };
  return patched(object, app.patch.account, ACCOUNT_KEYS);
}
