import type { RefCore } from "../model/index.ts";
import type { App } from "../ports/index.ts";
import { Check } from "./check/check.ts";
import {
  checkTemplate,
  subjectOf,
  templateSpec,
  type GatesOf,
  type TemplateEnv,
  type TemplateOptions,
  type TemplateSpec,
} from "./template-options.ts";

/** What {@link manifests} makes of its options; it stands in the Plan. */
export interface ManifestsSpec extends TemplateSpec {
  readonly globs: readonly string[];
}

/**
 * Objects of YAML or JSON files, applied to a cluster as they are. Several documents in a file, lists and anchors are
 * understood, and words are read as `kubectl` reads them (YAML 1.1). Released by `rolling()`.
 *
 * @param globs - files, relative to the pipeline's folder; one that begins with `!` leaves files out
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense, all problems at once.
 * @example
 * ```ts
 * const app = manifests("deploy/*.yaml", { env: { IMAGE: approved } });
 * ```
 */
export function manifests<
  const Of extends RefCore<unknown, never> | undefined = undefined,
  const Env extends TemplateEnv = Record<never, never>,
>(globs: string | readonly string[], options: TemplateOptions<Of, Env> = {}): App<GatesOf<Of, Env>> {
  const check = new Check();
  const list = typeof globs === "string" ? [globs] : check.list("the globs", globs);
  if (list.every((glob) => typeof glob === "string" && glob.startsWith("!")))
    check.add("name the files, for example by deploy/*.yaml");
  for (const glob of list)
    check.text("a glob", glob, /^!?[^\0!]/, "the path of a file or a pattern of paths");
  checkTemplate(check, options);
  check.throwIfAny("manifests()", 'Write it like manifests("deploy/*.yaml", { env: { IMAGE: image } }).');
  const spec: ManifestsSpec = { globs: list as string[], ...templateSpec(options) };
  return { kind: "manifests", spec, subject: subjectOf(options.of, options.env) };
}
