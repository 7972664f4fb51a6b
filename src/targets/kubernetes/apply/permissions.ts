import pLimit from "p-limit";
import { isSluiceError } from "../../../errors/index.ts";
import type { ClusterApi, KindRef } from "../api/types.ts";
import { at, text } from "../readiness/object.ts";
import { AT_ONCE } from "./inspect.ts";
import { groupOf } from "./refs.ts";

/** Something that a release will ask of the server. */
export interface Permission extends KindRef {
  /** As RBAC names it: `get`, `list`, `watch`, `create`, `patch`, `delete`. */
  readonly verb: string;
  /** Absent: in the whole cluster. */
  readonly namespace?: string;
  /** For example `log` of pods. */
  readonly subresource?: string;
}

export interface DeniedPermission extends Permission {
  /** What the server says about it. */
  readonly reason: string;
}

const REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/** Those of `permissions` that we do not have, in the order given. Asks the server about each; changes nothing. */
export async function readPermissions(
  api: ClusterApi,
  permissions: readonly Permission[],
): Promise<readonly DeniedPermission[]> {
  const limit = pLimit(AT_ONCE);
  const answers = await Promise.all(permissions.map((one) => limit(() => review(api, one))));
  return permissions.flatMap((one, index) => {
    const reason = answers[index];
    return reason === undefined ? [] : [{ ...one, reason }];
  });
}

/** Why a permission is denied; `undefined` where it is not. */
async function review(api: ClusterApi, permission: Permission): Promise<string | undefined> {
  const { verb, namespace, subresource } = permission;
  let resource: string;
  try {
    resource = (await api.resource(permission)).name;
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "MANIFEST_INVALID") throw error;
    return error.message;
  }
  const resourceAttributes = {
    verb,
    group: groupOf(permission),
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(subresource === undefined ? {} : { subresource }),
  };
  const answer = await api.request("POST", REVIEWS, {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes },
  });
  if (at(answer, "status", "allowed") === true) return undefined;
  return text(answer, "status", "reason") || "the server does not allow it";
}
