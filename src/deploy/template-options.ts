import { refHandle, type Input, type RefCore } from "../model/index.ts";
import { type Check, shown } from "./check/check.ts";
import { commonSubject, refsIn, type GatesIn } from "./evidence.ts";
import { TEMPLATE } from "./option-names.ts";

/** What templates are filled in with, by variable. */
export type TemplateEnv = Readonly<Record<string, Input<string | number>>>;

/** Options of {@link manifests} and {@link kustomize}. */
export interface TemplateOptions<
  Of extends RefCore<unknown, never> | undefined = RefCore<unknown, never> | undefined,
  Env extends TemplateEnv = TemplateEnv,
> {
  /** What the manifests deploy: the gates that it has passed are the app's evidence. @defaultValue the refs in `env` */
  readonly of?: Of;
  /**
   * Replaces `$NAME` and `${NAME}` in the manifests as `envsubst` does, but for one thing: a variable that is not set fails
   * the deploy. Without it nothing is replaced.
   */
  readonly env?: Env;
  /** The variables that are replaced; every other `$NAME` stays as it is. @defaultValue all */
  readonly only?: readonly string[];
  /**
   * What is removed once it is no longer among the objects and the rest is ready. `safe`: all but what data, or other
   * people's objects, would go with (claims and volumes, namespaces, definitions of kinds), which is said and left. `all`:
   * that too. `none`: nothing. Going back to an earlier release never removes what `safe` would leave. @defaultValue "safe"
   */
  readonly prune?: Prune;
}

/** What is removed once it is no longer among an app's objects. */
export type Prune = "safe" | "all" | "none";

/** What {@link TemplateOptions} become; it stands in the Plan. */
export interface TemplateSpec {
  /** Null: nothing is replaced. */
  readonly env: Readonly<Record<string, Input<string | number>>> | null;
  readonly only: readonly string[] | null;
  readonly prune: Prune;
}

export function templateSpec({ env, only, prune = "safe" }: TemplateOptions): TemplateSpec {
  return { env: env ?? null, only: only ?? null, prune };
}

/** The gates of `of`; where there is none, those that all refs in `From` have passed. */
export type GatesOf<Of, From> = [Of] extends [undefined] ? GatesIn<From> : GatesIn<Of>;

/** The ref whose gates are the app's. */
export function subjectOf<Passed extends string>(
  of: unknown,
  from: unknown,
): RefCore<unknown, Passed> | undefined {
  return of === undefined ? commonSubject(refsIn(from)) : (of as RefCore<unknown, Passed>);
}

export function checkTemplate(check: Check, options: TemplateOptions): void {
  const { of, env, only, prune } = check.options("", options, TEMPLATE) ?? {};
  if (of !== undefined && refHandle(of) === undefined)
    check.add("of must be a ref to what is deployed, such as a job or a gate returns");
  if (env !== undefined)
    for (const [name, value] of check.members("env", env, "variables"))
      check.input(`env.${name}`, value, "manifests are shown in plans; let the cluster hold it in a Secret");
  if (only !== undefined)
    for (const [index, name] of check.list("only", only).entries())
      check.text(`only[${index}]`, name, /^[A-Za-z_]\w*$/, "the name of a variable");
  if (prune !== undefined && !["safe", "all", "none"].includes(prune))
    check.add(`prune must be "safe", "all" or "none", not ${shown(prune)}`);
  if (only !== undefined && env === undefined)
    check.add("only says which variables of env are replaced, and there is no env");
}
