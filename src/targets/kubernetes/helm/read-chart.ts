import { SluiceError } from "../../../errors/index.ts";
import type { ResolvedApp } from "../../../ports/index.ts";
import { appReader } from "../render/reading.ts";
import type { HelmChart } from "./types.ts";

/**
 * Reads an app of kind `helm`.
 *
 * @param release - its release's name, where it says none
 * @throws SluiceError `DEFINITION_INVALID`, `SECRET_MISSING`
 */
export function readChart(app: ResolvedApp, release: string): HelmChart {
  const read = appReader();
  const spec = read.object(app.spec, "spec");
  const text = (name: string): string | null => read.nullable(spec[name], (value) => read.text(value, name));
  return {
    release: text("release") ?? release,
    chart: read.text(spec["chart"], "chart"),
    version: text("version"),
    repo: text("repo"),
    values: read.object(reveal(spec["values"], app.secrets), "values"),
    timeout: read.integer(spec["timeout"], "timeout", 1),
  };
}

function reveal(value: unknown, secrets: Readonly<Record<string, string>>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => reveal(part, secrets));
  const { $secret } = value as { readonly $secret?: unknown };
  if (typeof $secret === "string") {
    if (Object.hasOwn(secrets, $secret)) return secrets[$secret];
    throw new SluiceError("SECRET_MISSING", `secret "${$secret}" has no value here`, {
      hint: "Run it where the pipeline's secrets can be resolved.",
    });
  }
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, reveal(part, secrets)]));
}
