import { SluiceError } from "../../../errors/index.ts";
import { chartArgs, helmMajor, helmTime, keepFlags, runHelm, valuesOf } from "./run-helm.ts";
import type { HelmChart, HelmContext, HelmRevision } from "./types.ts";

/**
 * Installs a chart or upgrades its release, and waits until all its objects are ready. A failed one is taken back by
 * Helm itself. Repair a stuck release first, see `repairRelease`.
 *
 * @param description - kept with the revision once it is deployed
 *
 * @throws SluiceError `HELM_FAILED`, `TOOL_MISSING`, `CANCELLED`
 */
export async function helmUpgrade(
  context: HelmContext,
  chart: HelmChart,
  description?: string,
): Promise<Omit<HelmRevision, "since">> {
  const major = await helmMajor(context);
  const flags = major === 3 ? ["--wait", "--atomic"] : ["--wait=watcher", "--rollback-on-failure"];
  const text = await runHelm(
    context,
    [
      "upgrade",
      ...chartArgs(chart),
      "--install",
      // Else Helm keeps values of the release before where none are given.
      "--reset-values",
      ...flags,
      ...keepFlags(context),
      ...(description === undefined ? [] : ["--description", description]),
      ...["--timeout", helmTime(chart.timeout)],
      ...["--output", "json"],
    ],
    `release "${chart.release}"`,
    valuesOf(chart),
  );
  return readRelease(text);
}

function readRelease(text: string): Omit<HelmRevision, "since"> {
  try {
    const { version, info } = JSON.parse(text) as {
      readonly version: unknown;
      readonly info: { readonly status: unknown };
    };
    if (typeof version === "number" && typeof info.status === "string")
      return { revision: version, status: info.status };
  } catch {
    // Told below, without what it printed: values of secrets may be in it.
  }
  throw new SluiceError("HELM_FAILED", "helm has released, but its answer cannot be understood", {
    hint: "Look at it by helm history; is another program called helm?",
  });
}
