import type { CompiledNode } from "../compile/index.ts";
import { messageOf, SluiceError } from "../errors/index.ts";
import type { Json } from "../model/index.ts";
import type { ResolvedApp, StepContext, StrategyContext, Verdict } from "../ports/index.ts";
import { refHandle, secretHandle } from "../model/index.ts";
import { unreachable } from "../util/unreachable.ts";
import type { NodeRun } from "./node-run.ts";
import { resolveSpec, type Values } from "./resolve.ts";
import type { EngineInput } from "./types.ts";

/** A gate that cannot be judged yet. */
export class Suspended {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

type GateAction = Extract<CompiledNode["action"], { kind: "gate" }>;
type DeployAction = Extract<CompiledNode["action"], { kind: "deploy" }>;

/** Does what a node does. Gives its output, a promise of it, or {@link Suspended}; throws or rejects on failure. */
export function perform(compiled: CompiledNode, run: NodeRun, values: Values, input: EngineInput): unknown {
  const action = compiled.action;
  switch (action.kind) {
    case "job": {
      const spec = compiled.dynamic ? resolveSpec(action.step.spec, values) : action.step.spec;
      return action.step.execute(spec as never, run);
    }
    case "gate":
      return judge(action, run, values);
    case "deploy":
      return release(action, run, values, input);
    default:
      return unreachable(action);
  }
}

async function judge(action: GateAction, run: NodeRun, values: Values): Promise<unknown> {
  const subject = resolveSpec(action.subject, values);
  const verdict: Verdict = await action.check.judge(
    subject as never,
    resolveSpec(action.check.spec, values) as never,
    run,
  );
  if (verdict.outcome === "suspended") return new Suspended(verdict.summary);
  const { figures, summary } = verdict;
  run.emit({ type: "gate.judged", ok: verdict.outcome === "passed", figures, summary });
  if (verdict.outcome === "failed") {
    throw new SluiceError("GATE_FAILED", `gate "${action.gate}" refused: ${verdict.summary}`, {
      hint: verdict.hint,
    });
  }
  return subject;
}

async function release(
  action: DeployAction,
  run: NodeRun,
  values: Values,
  input: EngineInput,
): Promise<unknown> {
  const { target, strategy } = action;
  const app = resolveApp(action, values);
  const spec = { target: resolveSpec(target.spec, values), app };
  const driver = await target.connect(spec as never, run);
  try {
    const context: StrategyContext = {
      signal: run.signal,
      clock: input.clock,
      step: run,
      emit: (event) => {
        run.emit(event);
      },
    };
    const { url } = await driver.observe();
    const load = startLoad(action, run, values, url);
    const result = await strategy
      .release(driver, resolveSpec(strategy.spec, values) as never, context)
      .finally(() => load.stop());
    switch (result.outcome) {
      case "released":
        return result.release;
      case "rolled-back":
        throw new SluiceError("ROLLED_BACK", `the release was taken back: ${result.reason}`, {
          hint: `${result.restored === undefined ? "No release was live before it" : `Revision ${result.restored} is live again`}. Mend what the reason shows, and run again.`,
        });
      case "held":
        throw new SluiceError("ROLLOUT_HELD", `the rollout is held as it stands: ${result.reason}`, {
          hint: `Look at it, then run again to go on, or take it back: rollback ${target.name}.`,
        });
      default:
        return unreachable(result);
    }
  } finally {
    await driver.close();
  }
}

/** Runs the deploy's `load` step beside the rollout, for as long as that lasts. */
function startLoad(
  action: DeployAction,
  run: NodeRun,
  values: Values,
  url: string,
): { stop(): Promise<void> } {
  const step = action.load;
  if (step === undefined) return { stop: () => Promise.resolve() };
  const controller = new AbortController();
  const signal = AbortSignal.any([run.signal, controller.signal]);
  const context = overriding(run, { signal, env: { ...run.env, SLUICE_TARGET_URL: url } });
  const done = Promise.resolve()
    .then(() => step.execute(resolveSpec(step.spec, values) as never, context))
    .then(
      () => {
        if (!controller.signal.aborted)
          run.emit({ type: "warning", message: "the load ended before the rollout did" });
      },
      (error: unknown) => {
        if (signal.aborted) return;
        const text = messageOf(error);
        run.emit({ type: "warning", message: `the load failed, the rollout goes on without it: ${text}` });
      },
    );
  return {
    stop: () => {
      controller.abort(new SluiceError("CANCELLED", "the rollout has ended"));
      return done;
    },
  };
}

/** The node's context with some parts replaced. */
function overriding(run: NodeRun, parts: Partial<StepContext>): StepContext {
  return new Proxy<StepContext>(run, {
    get: (_target, key) => {
      if (Object.hasOwn(parts, key)) return parts[key as keyof StepContext];
      const value: unknown = Reflect.get(run, key, run);
      return typeof value === "function" ? (value as (...args: unknown[]) => unknown).bind(run) : value;
    },
  });
}

/** The app with its refs filled in; secrets stay names in the spec, so that a driver can keep the spec on disk. */
function resolveApp(action: DeployAction, values: Values): ResolvedApp {
  const secrets: Record<string, string> = {};
  const walk = (part: unknown): unknown => {
    if (typeof part !== "object" && typeof part !== "function") return part;
    if (part === null || refHandle(part) !== undefined) return resolveSpec(part, values);
    const secret = secretHandle(part);
    if (secret !== undefined) {
      secrets[secret.name] = values.secret(secret.name);
      return { $secret: secret.name };
    }
    if (Array.isArray(part)) return part.map(walk);
    return Object.fromEntries(Object.entries(part).map(([key, member]) => [key, walk(member)]));
  };
  return { kind: action.app.kind, spec: walk(action.app.spec) as Json, secrets };
}
