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

/** What {@link kustomize} makes of its options; it stands in the Plan. */
export interface KustomizeSpec extends TemplateSpec {
  readonly dir: string;
}

/**
 * What `kustomize build` makes of a folder, applied to a cluster. Needs the program `kustomize` or `kubectl`. `env` is
 * filled in after it has built. Released by `rolling()`.
 *
 * @param dir - the folder of a `kustomization.yaml`, relative to the pipeline's folder
 * @throws SluiceError `DEFINITION_INVALID` for options that make no sense, all problems at once.
 * @example
 * ```ts
 * const app = kustomize("deploy/overlays/production", { of: approved, env: { IMAGE: approved } });
 * ```
 */
export function kustomize<
  const Of extends RefCore<unknown, never> | undefined = undefined,
  const Env extends TemplateEnv = Record<never, never>,
>(dir: string, options: TemplateOptions<Of, Env> = {}): App<GatesOf<Of, Env>> {
  const check = new Check();
  check.text("the folder", dir, /^(?![-])(?!\w+:\/\/)[^\0]+$/, "a path on this machine");
  checkTemplate(check, options);
  check.throwIfAny("kustomize()", 'Write it like kustomize("deploy/overlays/production").');
  const spec: KustomizeSpec = { dir, ...templateSpec(options) };
  return { kind: "kustomize", spec, subject: subjectOf(options.of, options.env) };
}
