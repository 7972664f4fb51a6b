import { isSluiceError } from "../../../errors/index.ts";
import type { ClusterApi, ObjectRef } from "../api/types.ts";

/** Removes one very object; false where it was gone, or another one has its name by now. */
export async function removeOne(api: ClusterApi, ref: ObjectRef, uid: string | undefined): Promise<boolean> {
  try {
    return await api.remove(ref, { propagation: "Background", ...(uid === undefined ? {} : { uid }) });
  } catch (error) {
    if (isSluiceError(error) && "status" in error && error.status === 409) return false;
    throw error;
  }
}
