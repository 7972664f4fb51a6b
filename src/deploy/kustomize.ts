import type { Input, RefCore } from "../model/index.ts";
import type { App } from "../ports/index.ts";
import { Check } from "./check/check.ts";
import {
  checkTemplate,
  subjectOf,
  type GatesOf,
  type Prune,
  type TemplateEnv,
  type TemplateOptions,
} from "./template-options.ts";

/** What {@link kustomize} makes of its options; it stands in the Plan. */
export interface KustomizeSpec {
  readonly dir: string;
  /** Null: nothing is replaced. */
  readonly env: Readonly<Record<string, Input<string | number>>> | null;
  readonly only: readonly string[] | null;
  readonly prune: Prune;
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
  const { of, env, only, prune = "safe" } = options;
  const spec: KustomizeSpec = { dir, env: env ?? null, only: only ?? null, prune };
  return { kind: "kustomize", spec, subject: subjectOf(of, env) };
}
