import type { Pipeline, ParamInputs, ParamSchemas } from "../builder/index.ts";
import type { CompiledNode } from "../compile/index.ts";
import { SluiceError } from "../errors/index.ts";
import { baseEnv } from "../executors/shell/environment.ts";
import { createProcessGuard } from "../executors/shell/guard.ts";
import type { PlanNode, Release } from "../model/index.ts";
import type { Target, TargetContext, TargetStatus, TargetVerbSpec } from "../ports/index.ts";
import { createMasker } from "../util/mask/index.ts";
import { prepare } from "./prepare.ts";
import { newRunId } from "./run-id.ts";
import { resolveNamed, secretsAtHand } from "./secrets.ts";
import { foldersOf, openStore } from "./store.ts";

/** How a target is to be looked at or changed outside a run. */
export interface TargetOptions<Schemas extends ParamSchemas = ParamSchemas> {
  readonly params?: ParamInputs<Schemas>;
  readonly cwd?: string;
  readonly stateDir?: string;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Gets what the target has to say while it works. */
  readonly log?: (text: string) => void;
}

/** As {@link TargetOptions}, about one app. */
export interface TargetAppOptions<
  Schemas extends ParamSchemas = ParamSchemas,
> extends TargetOptions<Schemas> {
  /** Its name, where the target holds several. */
  readonly app?: string;
}

/**
 * What is live on a target of the pipeline. Changes nothing.
 *
 * @throws SluiceError `TARGET_UNKNOWN`, `STATE_CORRUPT`, and `TARGET_STATE` for several apps of which none is named
 */
export async function targetStatus<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  name: string,
  options: TargetAppOptions<Schemas> = {},
): Promise<TargetStatus> {
  return await withTarget(pipe, name, options, false, (target, spec, context) =>
    target.status(spec as never, context),
  );
}

/**
 * What is live on a target of the pipeline, by app where it holds several; one status at least. Changes nothing.
 *
 * @throws SluiceError `TARGET_UNKNOWN`, `TARGET_STATE`, `STATE_CORRUPT`
 */
export async function targetStatuses<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  name: string,
  options: TargetOptions<Schemas> = {},
): Promise<readonly TargetStatus[]> {
  return await withTarget(pipe, name, options, false, async (target, spec, context) => {
    const all = (await target.statuses?.(spec as never, context)) ?? [];
    return all.length > 0 ? all : [await target.status(spec as never, context)];
  });
}

/**
 * Takes a target back to an earlier revision: the one before the live one unless `to` names it.
 *
 * @throws SluiceError `TARGET_UNKNOWN`, `TARGET_STATE`, `TARGET_BUSY`, `RELEASE_UNHEALTHY`, and `SECRET_MISSING` where going
 * back needs the secrets of the deploy
 */
export async function rollbackTarget<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  name: string,
  options: TargetAppOptions<Schemas> & { readonly to?: number } = {},
): Promise<Release> {
  const how = options.to === undefined ? {} : { to: options.to };
  return await withTarget(pipe, name, options, true, (target, spec, context) =>
    target.rollback(spec as never, context, how),
  );
}

/**
 * Ends everything that runs on a target. Its history stays.
 *
 * @throws SluiceError `TARGET_UNKNOWN`, `TARGET_STATE` where the target cannot be stopped, `TARGET_BUSY`
 */
export async function stopTarget<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  name: string,
  options: TargetAppOptions<Schemas> = {},
): Promise<void> {
  await withTarget(pipe, name, options, false, async (target, spec, context) => {
    if (target.stop === undefined) {
      throw new SluiceError(
        "TARGET_STATE",
        `a target of kind ${target.kind} is not something that can be stopped`,
      );
    }
    await target.stop(spec as never, context);
  });
}

/** The names of the targets that the pipeline deploys to with these params. */
export function targetNames<Schemas extends ParamSchemas>(
  pipe: Pipeline<Schemas>,
  options: TargetOptions<Schemas> = {},
): readonly string[] {
  const { nodes } = prepare(pipe, options);
  return [...new Set(nodes.flatMap(({ action }) => (action.kind === "deploy" ? [action.target.name] : [])))];
}

async function withTarget<Schemas extends ParamSchemas, T>(
  pipe: Pipeline<Schemas>,
  name: string,
  options: TargetAppOptions<Schemas>,
  goesBack: boolean,
  use: (target: Target<string>, spec: TargetVerbSpec, context: TargetContext) => Promise<T>,
): Promise<T> {
  const prepared = prepare(pipe, options);
  const { plan, root } = prepared;
  const { target, secrets: named } = findTarget(plan.nodes, prepared.nodes, name);
  const { app } = options;
  if (app !== undefined && target.statuses === undefined) {
    throw new SluiceError(
      "USAGE",
      `a target of kind ${target.kind} holds one app, which is not asked for by its name`,
    );
  }
  const env = options.env ?? process.env;
  const signal = options.signal ?? new AbortController().signal;
  const given = goesBack && target.rollbackNeedsSecrets === true;
  const where = { root, env, signal };
  const wanted = goesBack ? named : NONE;
  // A way back that needs no secret does not fail for want of one: whatever keeps them may be what is down.
  const secrets = given
    ? await resolveNamed(wanted, prepared.secrets, where)
    : await secretsAtHand(wanted, prepared.secrets, where, (secret) => {
        options.log?.(
          `warning: secret "${secret}" could not be had within 2 s, so its value is not masked where something prints it\n`,
        );
      });
  const masker = createMasker([...secrets].map(([secret, value]) => ({ name: secret, value })));
  const { stateDir } = foldersOf(pipe, options);
  const store = await openStore(pipe, options);
  const processes = createProcessGuard();
  try {
    const spec: TargetVerbSpec = {
      target: target.spec,
      secrets: given ? Object.fromEntries(secrets) : {},
      ...(app === undefined ? {} : { app }),
    };
    return await use(target, spec, {
      run: newRunId(Date.now()),
      pipeline: plan.pipeline,
      root,
      stateDir,
      signal,
      env: baseEnv(env, plan.passEnv),
      processes,
      mask: (text) => masker.mask(text),
      write: (_stream, chunk) =>
        options.log?.(masker.mask(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString())),
      restore: (artifact, folder) => store.artifacts.restore(artifact, folder),
    });
  } finally {
    processes.close();
  }
}

const NONE: ReadonlySet<string> = new Set();

/** A target, and the secrets of all nodes that deploy to it. */
function findTarget(
  planNodes: readonly PlanNode[],
  nodes: readonly CompiledNode[],
  name: string,
): { readonly target: Target<string>; readonly secrets: ReadonlySet<string> } {
  const known = new Set<string>();
  const secrets = new Set<string>();
  let found: Target<string> | undefined;
  for (const [index, { action }] of nodes.entries()) {
    if (action.kind !== "deploy") continue;
    known.add(action.target.name);
    if (action.target.name !== name) continue;
    found ??= action.target;
    for (const secret of planNodes[index]?.secrets ?? []) secrets.add(secret);
  }
  if (found !== undefined) return { target: found, secrets };
  throw new SluiceError("TARGET_UNKNOWN", `the pipeline deploys to no target "${name}"`, {
    hint:
      known.size === 0 ? "It deploys nothing with these params." : `It deploys to: ${[...known].join(", ")}.`,
  });
}
