import { createHmac } from "node:crypto";
import { canonicalJson } from "../../../util/canonical-json.ts";
import { bundleOf } from "../manifests/bundle.ts";
import { readObjects } from "../manifests/load-manifests.ts";
import { ManifestProblems } from "../manifests/problems.ts";
import type { RenderedBundle } from "../render/types.ts";
import { runHelm, withChart } from "./run-helm.ts";
import type { HelmChart, HelmContext } from "./types.ts";

/**
 * The objects that a chart makes, hooks left out. Changes nothing in the cluster, but asks it what it can do, as `lookup`
 * and the capabilities of templates want to know.
 *
 * @param salt - keys the digest, because values of secrets are among what it is made of
 * @throws SluiceError `HELM_FAILED`, `MANIFEST_INVALID`, `TOOL_MISSING`, `CANCELLED`
 */
export async function helmTemplate(
  context: HelmContext,
  chart: HelmChart,
  salt: string,
): Promise<RenderedBundle> {
  const text = await withChart(chart, (named) =>
    runHelm(
      context,
      ["template", ...named, "--dry-run=server", "--include-crds", "--no-hooks"],
      `render the chart of release "${chart.release}"`,
    ),
  );
  const problems = new ManifestProblems();
  const placed = await readObjects(text, `${chart.chart} (rendered)`, undefined, problems);
  const { objects } = bundleOf(placed, problems);
  const digest = createHmac("sha256", salt).update(canonicalJson(objects)).digest("hex");
  return { digest: `sha256:${digest}`, objects };
}
