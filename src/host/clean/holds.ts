import type { Pipeline } from "../../builder/index.ts";
import { isSluiceError, messageOf } from "../../errors/index.ts";
import type { JsonObject, PlanNode } from "../../model/index.ts";
import type { RecordedRun, TargetStatus } from "../../ports/index.ts";
import { targetStatuses } from "../targets.ts";
import { localHolds, type LocalHolds } from "./local-targets.ts";

const LOCAL = "deploy:local";

export interface HoldsOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly cwd?: string;
  readonly stateDir?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Which runs targets need: those of their live, candidate and retired revisions. Each target is asked once, wherever it stands. */
export class TargetHolds {
  readonly #pipe: Pipeline;
  readonly #options: HoldsOptions;
  readonly #stateDir: string;
  readonly #asked = new Map<string, Promise<readonly TargetStatus[] | string | undefined>>();
  #local: Promise<LocalHolds> | undefined;

  constructor(pipe: Pipeline, options: HoldsOptions, stateDir: string) {
    this.#pipe = pipe;
    this.#options = options;
    this.#stateDir = stateDir;
  }

  /** Why a target needs the run; `undefined` where none does. A target that does not answer may need it. */
  async whyHeld({ run, plan, events }: RecordedRun): Promise<string | undefined> {
    const local = await (this.#local ??= localHolds(this.#stateDir));
    const held = local.runs.get(run);
    if (held !== undefined) return held;
    const started = new Set(events.flatMap((event) => (event.type === "node.started" ? [event.node] : [])));
    for (const node of plan.nodes) {
      if (node.kind !== "deploy" || !started.has(node.id)) continue;
      const why = node.uses === LOCAL ? local.faults[0] : await this.#whyHeldBy(node, plan.params, run);
      if (why !== undefined) return why;
    }
    return undefined;
  }

  async #whyHeldBy(node: PlanNode, params: JsonObject, run: string): Promise<string | undefined> {
    const { target } = node.with as { readonly target: JsonObject & { readonly name: string } };
    const { name } = target;
    // By params the same name may stand in another cluster or namespace.
    const key = JSON.stringify([node.uses, target]);
    let asking = this.#asked.get(key);
    if (asking === undefined) this.#asked.set(key, (asking = this.#ask(name, params)));
    const statuses = await asking;
    if (statuses === undefined || typeof statuses === "string") return statuses;
    const of = statuses
      .flatMap(({ stable, candidate, history }) => [stable, candidate, ...history])
      .find((one) => one?.run === run && one.state !== "aborted");
    return of && `revision ${of.revision} of target ${name}, ${of.state}, came from it`;
  }

  /** What is at a target; a text where that cannot be found out, `undefined` where the pipeline no longer has it. */
  async #ask(name: string, params: JsonObject): Promise<readonly TargetStatus[] | string | undefined> {
    const { params: given, ...options } = this.#options;
    // The definition may have other targets for other params, and may not take the recorded ones any more.
    let answer: string | undefined;
    for (const tried of [params, given ?? {}]) {
      try {
        return await targetStatuses(this.#pipe, name, { ...options, params: tried });
      } catch (error) {
        if (isSluiceError(error) && error.code === "TARGET_UNKNOWN") continue;
        const text = messageOf(error);
        answer = `what is at target ${name} could not be found out: ${text}`;
      }
    }
    return answer;
  }
}
