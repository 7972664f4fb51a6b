import { createHash } from "node:crypto";
import { SluiceError } from "../../../errors/index.ts";
import type { ResolvedApp } from "../../../ports/index.ts";
import { LABELS, type AppIdentity } from "./types.ts";

const DNS_LABEL = /^[a-z](?:[a-z0-9-]{0,48}[a-z0-9])?$/;

/** What an app of any kind is called in a cluster: its own name, or the target's. Throws `DEFINITION_INVALID`. */
export function appName(app: Pick<ResolvedApp, "spec">, target: string): string {
  const spec = app.spec as { readonly name?: unknown; readonly release?: unknown } | null;
  const given = spec?.name ?? spec?.release;
  const name = typeof given === "string" ? given : target;
  if (DNS_LABEL.test(name)) return name;
  throw new SluiceError("DEFINITION_INVALID", `"${name}" cannot be the name of an app in a cluster`, {
    hint: "Use at most 50 small letters, digits and hyphens that begin with a letter: service({ name }), or the target's own name.",
  });
}

/** Labels of every object of an app. */
export function labelsOf(identity: AppIdentity): Readonly<Record<string, string>> {
  return {
    [LABELS.app]: identity.name,
    [LABELS.target]: labelValue(identity.target),
    [LABELS.pipeline]: labelValue(identity.pipeline),
    [LABELS.managedBy]: "sluice",
  };
}

/** Text as a label may hold it: names of pipelines and targets may have spaces and any length. */
export function labelValue(text: string): string {
  const fitting = text.replace(/[^A-Za-z0-9_.-]+/g, "-").slice(0, 63);
  return fitting.replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}

/** Hex digits that tell contents apart: enough for one app's objects, short enough for a name. */
export function shortHash(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 10);
}

/** A pipeline's name as an app may be called; what cannot be made one is refused where it is used. */
export function nameFromPipeline(pipeline: string): string {
  return pipeline
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 50)
    .replaceAll(/^-+|-+$/g, "");
}
