import type { ObjectRef } from "../api/types.ts";
import { groupOf } from "./refs.ts";

const PRECIOUS = new Set([
  "/PersistentVolumeClaim",
  "/PersistentVolume",
  "/Namespace",
  "apiextensions.k8s.io/CustomResourceDefinition",
]);

/** Whether removing an object takes data or other people's objects along. */
export function isPrecious(ref: ObjectRef): boolean {
  return PRECIOUS.has(`${groupOf(ref)}/${ref.kind}`);
}
