import type { Pipeline, ParamSchemas } from "../builder/index.ts";
import { isSluiceError, messageOf, SluiceError } from "../errors/index.ts";
import { baseEnv } from "../executors/shell/environment.ts";
import { createProcessGuard } from "../executors/shell/guard.ts";
import type { Plan } from "../model/index.ts";
import type { DeploySpec, TargetCheck, TargetContext } from "../ports/index.ts";
import { draftApp } from "./preview/draft-app.ts";
import { prepare } from "./prepare.ts";
import { newRunId } from "./run-id.ts";
import { resolveNamed } from "./secrets.ts";
import { foldersOf } from "./store.ts";
import type { TargetOptions } from "./targets.ts";

/** What was found of one target, or of the secrets that all nodes need. */
export interface CheckReport {
  /** The target's name, or `secrets`. */
  readonly about: string;
  /** The target's kind; undefined for secrets. */
  readonly kind: string | undefined;
  /** The id of the deploy that was looked at; undefined for secrets. */
  readonly node: string | undefined;
  readonly checks: readonly TargetCheck[];
}

/**
 * Looks whether the pipeline's deploys could work: that every secret can be had, and what each target says of programs,
 * packages, credentials, the way there and permissions. Changes nothing, and keeps no value of a secret. Targets are
 * looked at side by side; `only` names one of them, and leaves the secrets out.
 *
 * @throws SluiceError `TARGET_UNKNOWN`
 */
export async function checkTargets<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  options: TargetOptions<Schemas> & { readonly only?: string } = {},
): Promise<readonly CheckReport[]> {
  const prepared = prepare(pipe, options);
  const { plan, root } = prepared;
  const deploys = prepared.nodes.flatMap(({ action }, index) =>
    action.kind === "deploy" ? [{ action, node: plan.nodes[index]?.id, made: madeBefore(plan, index) }] : [],
  );
  const names = [...new Set(deploys.map(({ action }) => action.target.name))];
  const { only } = options;
  if (only !== undefined && !names.includes(only)) {
    throw new SluiceError("TARGET_UNKNOWN", `the pipeline deploys to no target "${only}"`, {
      hint:
        names.length === 0 ? "It deploys nothing with these params." : `It deploys to: ${names.join(", ")}.`,
    });
  }
  const env = options.env ?? process.env;
  const signal = options.signal ?? new AbortController().signal;
  const processes = createProcessGuard();
  const context: TargetContext = {
    run: newRunId(Date.now()),
    pipeline: plan.pipeline,
    root,
    stateDir: foldersOf(pipe, options).stateDir,
    signal,
    env: baseEnv(env, plan.passEnv),
    processes,
    mask: (text) => text,
    write: (_stream, chunk) =>
      options.log?.(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString()),
    restore: () =>
      Promise.reject(new SluiceError("INPUT_MISSING", "before a run there are no artifacts to restore")),
  };
  try {
    const targets = deploys
      .filter(({ action }) => only === undefined || action.target.name === only)
      .map(async ({ action, node, made }): Promise<CheckReport> => {
        const { target } = action;
        const spec: DeploySpec = { target: target.spec, app: { ...draftApp(action), made } };
        const checks = (await target.check?.(spec as never, context)) ?? [NOTHING];
        return { about: target.name, kind: target.kind, node, checks };
      });
    const secrets = new Set(only === undefined ? plan.nodes.flatMap((node) => node.secrets) : []);
    const had = [...secrets].sort().map((name) => hasSecret(name, prepared.secrets, { root, env, signal }));
    const [ofSecrets, ofTargets] = await Promise.all([Promise.all(had), Promise.all(targets)]);
    const report: CheckReport = { about: "secrets", kind: undefined, node: undefined, checks: ofSecrets };
    return ofSecrets.length === 0 ? ofTargets : [report, ...ofTargets];
  } finally {
    processes.close();
  }
}

/** What jobs will have made by the time of one node: those stand before it in the Plan. */
function madeBefore({ nodes }: Plan, index: number): Readonly<Record<string, readonly string[]>> {
  const makers = nodes.slice(0, index).filter(({ artifacts }) => Object.keys(artifacts).length > 0);
  return Object.fromEntries(makers.map(({ id, artifacts }) => [id, Object.values(artifacts).flat()]));
}

const NOTHING: TargetCheck = {
  what: "target",
  state: "skipped",
  detail: "of this kind there is nothing to look at before a deploy",
};

async function hasSecret(
  name: string,
  sources: Parameters<typeof resolveNamed>[1],
  context: Parameters<typeof resolveNamed>[2],
): Promise<TargetCheck> {
  try {
    await resolveNamed([name], sources, context);
    return { what: name, state: "ok", detail: "can be had" };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const [, ...lines] = messageOf(error).split("\n");
    const detail = lines.map((line) => line.trim().replace(`${name}: `, "")).join("; ");
    return { what: name, state: "failed", detail };
  }
}
