import { isSluiceError, messageOf, SluiceError } from "../errors/index.ts";
import { baseEnv } from "../executors/shell/environment.ts";
import { createProcessGuard } from "../executors/shell/guard.ts";
import type { NodePreview } from "../graph/preview-text.ts";
import type { PlanNode } from "../model/index.ts";
import type { DeploySpec, TargetContext } from "../ports/index.ts";
import { type DeployAction, draftApp } from "./preview/draft-app.ts";
import { nameUnknown } from "./preview/name-unknown.ts";
import type { Prediction } from "./predict.ts";
import type { Prepared } from "./prepare.ts";
import { newRunId } from "./run-id.ts";

/** Milliseconds for all targets together. */
const PATIENCE = 10_000;

export interface PreviewOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stateDir: string;
  /** Nodes that are known to be skipped are left out. */
  readonly predictions?: ReadonlyMap<string, Prediction>;
  readonly signal?: AbortSignal;
  /** Milliseconds for all targets together. @defaultValue 10,000 */
  readonly patience?: number;
}

/**
 * Asks the target of every deploy what it would change there, all of them at once. Nothing changes, and no secret is read.
 * Never rejects for what a target says: a failure is told with its node.
 */
export async function previewTargets(
  prepared: Prepared,
  options: PreviewOptions,
): Promise<readonly NodePreview[]> {
  const { patience = PATIENCE, predictions, signal } = options;
  const asked = prepared.nodes.flatMap(({ action }, index) => {
    const node = prepared.plan.nodes[index];
    if (action.kind !== "deploy" || node === undefined) return [];
    if (action.target.preview === undefined || predictions?.get(node.id)?.runs === false) return [];
    return [{ node, action }];
  });
  if (asked.length === 0) return [];
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new SluiceError("TIMEOUT", `no answer within ${Math.round(patience / 1_000)} s`));
  }, patience);
  const both = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]);
  const processes = createProcessGuard();
  try {
    const context = contextOf(prepared, options, { signal: both, processes });
    return await Promise.all(asked.map(({ node, action }) => previewOf(node, action, context)));
  } finally {
    clearTimeout(timer);
    processes.close();
  }
}

async function previewOf(
  { id }: PlanNode,
  action: DeployAction,
  context: TargetContext,
): Promise<NodePreview> {
  const { target } = action;
  const about = { node: id, target: target.name };
  try {
    const app = draftApp(action);
    const spec: DeploySpec = { target: target.spec, app };
    const work = Promise.resolve(target.preview?.(spec as never, context));
    const preview = await Promise.race([work, rejection(context.signal)]);
    return preview === undefined ? about : { ...about, preview: nameUnknown(preview, app.unknown ?? {}) };
  } catch (error) {
    // What a request that was cut off says is less than why it was.
    return failed(about, context.signal.aborted ? context.signal.reason : error);
  }
}

function failed(about: Pick<NodePreview, "node" | "target">, error: unknown): NodePreview {
  const hint = isSluiceError(error) ? error.hint : undefined;
  return { ...about, failure: { message: messageOf(error), ...(hint === undefined ? {} : { hint }) } };
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
  });
}

function contextOf(
  { plan, root }: Prepared,
  { env, stateDir }: PreviewOptions,
  parts: Pick<TargetContext, "signal" | "processes">,
): TargetContext {
  return {
    ...parts,
    run: newRunId(Date.now()),
    pipeline: plan.pipeline,
    root,
    stateDir,
    env: baseEnv(env, plan.passEnv),
    mask: (text) => text,
    write: () => undefined,
    restore: () =>
      Promise.reject(new SluiceError("INPUT_MISSING", "before a run there are no artifacts to restore")),
  };
}
