import { createHmac } from "node:crypto";
import { canonicalJson } from "../../../util/canonical-json.ts";
import { bundleOf } from "../manifests/bundle.ts";
import { objectsOf } from "../manifests/objects.ts";
import { parseYaml } from "../manifests/parse-yaml.ts";
import { ManifestProblems } from "../manifests/problems.ts";
import { text } from "../readiness/object.ts";
import type { RenderedBundle } from "../render/types.ts";
import { chartArgs, runHelm, valuesOf } from "./run-helm.ts";
import type { HelmChart, HelmContext } from "./types.ts";

/**
 * The objects that a chart makes, without its hooks, which the digest covers too: a migration that has changed is another
 * release. Changes nothing in the cluster, but asks it what it can do, as `lookup` and the capabilities of templates want
 * to know.
 *
 * @param salt - keys the digest, because values of secrets are among what it is made of
 * @throws SluiceError `HELM_FAILED`, `MANIFEST_INVALID`, `TOOL_MISSING`, `CANCELLED`
 */
export async function helmTemplate(
  context: HelmContext,
  chart: HelmChart,
  salt: string,
): Promise<RenderedBundle> {
  const rendered = await runHelm(
    context,
    ["template", ...chartArgs(chart), "--dry-run=server", "--include-crds"],
    `render the chart of release "${chart.release}"`,
    valuesOf(chart),
  );
  const problems = new ManifestProblems();
  const documents = await parseYaml(rendered, `${chart.chart} (rendered)`, problems);
  const plain = documents.filter(({ value }) => hookOf(value) === "");
  const { objects } = bundleOf(objectsOf(plain, problems), problems);
  const hooks = documents
    .filter(({ value }) => isRun(hookOf(value)))
    .map(({ value }) => canonicalJson(value));
  const whole = hooks.length === 0 ? objects : { objects, hooks: hooks.sort() };
  const digest = createHmac("sha256", salt).update(canonicalJson(whole)).digest("hex");
  return { digest: `sha256:${digest}`, objects };
}

/** When Helm makes an object that is no part of the release itself. Source: Helm, `release.HookAnnotation`. */
function hookOf(value: unknown): string {
  return text(value, "metadata", "annotations", "helm.sh/hook");
}

/** Tests of a chart run when somebody asks for them, and in no deploy. */
function isRun(hook: string): boolean {
  const events = hook.split(",").map((event) => event.trim());
  return hook !== "" && !events.every((event) => event === "test" || event.startsWith("test-"));
}
