import { randomBytes } from "node:crypto";
import { SluiceError } from "../../../errors/index.ts";
import { ApiFault } from "../api/api-fault.ts";
import type { ClusterApi, KubeObject, ObjectRef } from "../api/types.ts";

const NAME = "sluice-salt";
const KEY = "salt";
const CONFLICT = 409;

/** The namespace's salt, which names of Secrets are made with; undefined where nothing was ever deployed there. */
export async function readSalt(api: ClusterApi, namespace: string): Promise<string | undefined> {
  const found = await api.get(refOf(namespace));
  return found === undefined ? undefined : saltOf(found, namespace);
}

/**
 * The same, made by the first deploy to the namespace. It stays when apps go. If somebody removes it, the next deploy makes
 * another, and each app with secrets is released once more although nothing has changed.
 *
 * @param manager - the field manager
 */
export async function ensureSalt(api: ClusterApi, namespace: string, manager: string): Promise<string> {
  const found = await readSalt(api, namespace);
  if (found !== undefined) return found;
  const { name, ...kind } = refOf(namespace);
  const object: KubeObject = {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: { name, namespace, labels: { "app.kubernetes.io/managed-by": "sluice" } },
    type: "Opaque",
    immutable: true,
    data: { [KEY]: Buffer.from(newSalt()).toString("base64") },
  };
  try {
    return saltOf(await api.create(object, { manager }), namespace);
  } catch (error) {
    // Another deploy to the namespace was first.
    if (error instanceof ApiFault && error.status === CONFLICT) {
      const other = await readSalt(api, namespace);
      if (other !== undefined) return other;
    }
    throw error;
  }
}

/** For a plan, which must not change anything, where the namespace has none yet. */
export function newSalt(): string {
  return randomBytes(32).toString("base64");
}

function refOf(namespace: string): ObjectRef {
  return { apiVersion: "v1", kind: "Secret", name: NAME, namespace };
}

function saltOf(object: KubeObject, namespace: string): string {
  const data = object["data"] as Readonly<Record<string, unknown>> | undefined;
  const held = data?.[KEY];
  if (typeof held === "string" && held !== "") return Buffer.from(held, "base64").toString();
  throw new SluiceError("TARGET_STATE", `Secret ${NAME} in namespace ${namespace} holds no salt`, {
    hint: `Remove it, and the next deploy makes another: kubectl delete secret ${NAME} -n ${namespace}`,
  });
}
