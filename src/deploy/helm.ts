import { refHandle, secretHandle, type RefCore, type Secret } from "../model/index.ts";
import type { App } from "../ports/index.ts";
import type { Duration } from "../util/duration.ts";
import { Check, shown } from "./check/check.ts";
import { HELM } from "./option-names.ts";
import { subjectOf, type GatesOf } from "./template-options.ts";

/** Values of a chart: plain data, with refs and secrets wherever they belong. */
export type HelmValue =
  string | number | boolean | null | RefCore<unknown, never> | Secret | readonly HelmValue[] | HelmValues;
export interface HelmValues {
  readonly [name: string]: HelmValue;
}

/** Options of {@link helm}. */
export interface HelmOptions<
  Of extends RefCore<unknown, never> | undefined = RefCore<unknown, never> | undefined,
  Values extends HelmValues = HelmValues,
> {
  /** A folder or an archive relative to the pipeline's folder (`./chart`), a name in `repo`, or `oci://…`. */
  readonly chart: string;
  /** Go to Helm by its standard input, so that they are never on a disk. @defaultValue the chart's own */
  readonly values?: Values;
  /** The chart's version; for charts from elsewhere, give it, or each deploy may take another. @defaultValue the newest */
  readonly version?: string;
  /** URL of a chart repository. */
  readonly repo?: string;
  /** The release's name. @defaultValue the target's name where that was given one, else the pipeline's */
  readonly release?: string;
  /** How long Helm waits until all is ready. @defaultValue "5m" */
  readonly timeout?: Duration;
  /** What the chart deploys: the gates that it has passed are the app's evidence. @defaultValue the refs in `values` */
  readonly of?: Of;
}

/** What {@link helm} makes of its options; it stands in the Plan. Null is: not given. */
export interface HelmSpec {
  readonly chart: string;
  readonly values: HelmValues;
  readonly version: string | null;
  readonly repo: string | null;
  readonly release: string | null;
  /** Milliseconds. */
  readonly timeout: number;
}

/**
 * A Helm chart, installed or upgraded by the program `helm` (version 3 or 4). A release that was left pending by a killed
 * Helm is repaired first. Released by `rolling()`.
 *
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense, all problems at once.
 * @example
 * ```ts
 * const app = helm({ chart: "./chart", values: { image: approved, password: secrets.database } });
 * ```
 */
export function helm<
  const Of extends RefCore<unknown, never> | undefined = undefined,
  const Values extends HelmValues = Record<never, never>,
>(options: HelmOptions<Of, Values>): App<GatesOf<Of, Values>> {
  const check = new Check();
  const given = check.options("", options, HELM) ?? ({} as HelmOptions<Of, Values>);
  const { chart, values = {}, version, repo, release, timeout = "5m", of } = given;
  check.text("chart", chart, /^[^-\s][^\0]*$/, "a folder, an archive, a name or oci://…");
  if (version !== undefined) check.text("version", version, /^[^-\s][^\0]*$/, "a version or a range");
  if (repo !== undefined) check.text("repo", repo, /^https?:\/\/\S+$/, "a URL");
  if (release !== undefined)
    check.text(
      "release",
      release,
      /^[a-z0-9](?:[a-z0-9-]{0,51}[a-z0-9])?$/,
      "at most 53 small letters, digits and hyphens",
    );
  if (of !== undefined && refHandle(of) === undefined)
    check.add("of must be a ref to what is deployed, such as a job or a gate returns");
  for (const [name, value] of check.members("values", values, "values"))
    checkValue(check, `values.${name}`, value);
  const spec: HelmSpec = {
    chart,
    values,
    version: version ?? null,
    repo: repo ?? null,
    release: release ?? null,
    timeout: check.duration("timeout", timeout, 1_000),
  };
  check.throwIfAny("helm()", 'Write it like helm({ chart: "./chart", values: { image } }).');
  return { kind: "helm", spec, subject: subjectOf(of, values) };
}

function checkValue(check: Check, at: string, value: unknown): void {
  if (refHandle(value) !== undefined || secretHandle(value) !== undefined || value === null) return;
  if (typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (typeof value !== "object")
    check.add(`${at} must be plain data, a ref or a secret, not ${shown(value)}`);
  else for (const [name, part] of Object.entries(value)) checkValue(check, `${at}.${name}`, part);
}
