import { SluiceError } from "../errors/index.ts";
import type { Json, JsonObject, PlanNode, RolloutEvent, RunState } from "../model/index.ts";
import type {
  Answer,
  Baseline,
  Decision,
  FolderCache,
  LogSink,
  ProcessGuard,
  Progress,
  Question,
  StepContext,
} from "../ports/index.ts";
import type { Artifact } from "../model/index.ts";
import type { EngineInput } from "./types.ts";

/** What a running node asks of the run around it. */
export interface NodeHost {
  readonly input: EngineInput;
  readonly startedAt: number;
  outcome(index: number): RunState | undefined;
  progress(node: PlanNode, event: Progress): void;
  printed(node: PlanNode, stream: "stdout" | "stderr", chunk: Uint8Array): void | Promise<void>;
  /** Gives the value as it is kept: masked. */
  propose(node: PlanNode, value: Json): Json;
  recorded(): Promise<void> | undefined;
}

const NOTHING_EARLIER: readonly RolloutEvent[] = Object.freeze([]);

interface Masked {
  push(chunk: Uint8Array): Uint8Array;
  flush(): Uint8Array;
}

/**
 * One attempt of one node, and what the node's code sees of the run. Everything that most nodes never ask for (a
 * signal, a log file, masks) is made when it is first asked for.
 */
export class NodeRun implements StepContext {
  readonly node: PlanNode;
  readonly index: number;
  readonly attempt: number;
  /** Of this attempt; `startedAt` is the run's. */
  readonly began: number;
  readonly #host: NodeHost;
  #controller: AbortController | undefined;
  #abortReason: Error | undefined;
  #sink: LogSink | undefined;
  #stdout: Masked | undefined;
  #stderr: Masked | undefined;

  constructor(host: NodeHost, node: PlanNode, index: number, attempt: number, began: number) {
    this.#host = host;
    this.node = node;
    this.index = index;
    this.attempt = attempt;
    this.began = began;
  }

  get run(): string {
    return this.#host.input.run;
  }
  get startedAt(): number {
    return this.#host.startedAt;
  }
  get pipeline(): string {
    return this.#host.input.plan.pipeline;
  }
  get root(): string {
    return this.#host.input.root;
  }
  get stateDir(): string {
    return this.#host.input.stateDir;
  }
  get params(): JsonObject {
    return this.#host.input.plan.params;
  }
  get env(): Readonly<Record<string, string>> {
    const outcome = this.outcome;
    const { env } = this.#host.input;
    return outcome === undefined ? env : { ...env, SLUICE_OUTCOME: outcome };
  }
  get folders(): FolderCache {
    return this.#host.input.folders;
  }
  get processes(): ProcessGuard {
    return this.#host.input.processes;
  }
  get outcome(): RunState | undefined {
    return this.#host.outcome(this.index);
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#abortReason !== undefined && !this.#controller.signal.aborted)
      this.#controller.abort(this.#abortReason);
    return this.#controller.signal;
  }

  /** Why it is being ended, if it is. */
  get abortReason(): Error | undefined {
    return this.#abortReason;
  }

  /** Called once, when the node is told to end. */
  onAbort: ((reason: Error) => void) | undefined;

  abort(reason: Error): void {
    if (this.#abortReason !== undefined) return;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
    this.onAbort?.(reason);
  }

  /** What it has proposed to compare later runs with. */
  proposal: Json | undefined;

  get baseline(): Baseline {
    const key = `${this.pipeline}/${this.node.id}`;
    return {
      previous: () => this.#host.input.baselines.get(key),
      propose: (value) => {
        this.proposal = this.#host.propose(this.node, value);
      },
    };
  }

  write(stream: "stdout" | "stderr", chunk: Uint8Array | string): void | Promise<void> {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    const safe = this.#mask(stream).push(bytes);
    return safe.length === 0 ? undefined : this.#record(stream, safe);
  }

  emit(event: Progress): void {
    this.#host.progress(this.node, event);
  }

  mask(text: string): string {
    return this.#host.input.masking.mask(text);
  }

  restore(artifact: Artifact, folder: string): Promise<void> {
    return this.#host.input.artifacts.restore(artifact, folder);
  }

  get decisions(): readonly Decision[] {
    return this.#host.input.decisions.get(this.node.id) ?? [];
  }

  get waitingSince(): number | undefined {
    return this.#host.input.waitingSince.get(this.node.id);
  }

  get earlier(): readonly RolloutEvent[] {
    return (this.attempt === 1 ? this.#host.input.earlier.get(this.node.id) : undefined) ?? NOTHING_EARLIER;
  }

  async recorded(): Promise<void> {
    await this.#host.recorded();
  }

  async ask(question: Question): Promise<Answer | undefined> {
    this.emit({ type: "gate.waiting", question: question.title });
    const answer = await this.#host.input.ask(question, this.signal);
    if (answer === undefined) return undefined;
    const { approved, by, reason } = answer;
    this.emit({ type: "gate.decided", approved, by, ...(reason === undefined ? {} : { reason }) });
    return answer;
  }

  /** Milliseconds since this attempt began. */
  elapsed(): number {
    return this.#host.input.clock.now() - this.began;
  }

  /** Gives out what masking held back, and closes the log. */
  async finish(): Promise<void> {
    const rest = this.#stdout?.flush();
    const errors = this.#stderr?.flush();
    if (rest !== undefined && rest.length > 0) await this.#record("stdout", rest);
    if (errors !== undefined && errors.length > 0) await this.#record("stderr", errors);
    await this.#sink?.close();
  }

  /** Whether {@link NodeRun.finish} has anything to do. */
  get printed(): boolean {
    return this.#stdout !== undefined || this.#stderr !== undefined;
  }

  #mask(stream: "stdout" | "stderr"): Masked {
    if (stream === "stdout") return (this.#stdout ??= this.#host.input.masking.stream());
    return (this.#stderr ??= this.#host.input.masking.stream());
  }

  #openLog(): LogSink {
    const sink = this.#host.input.recorder.log(this.node.id);
    if (this.attempt > 1) void sink.write(Buffer.from(`\n--- attempt ${this.attempt} ---\n`));
    return sink;
  }

  #record(stream: "stdout" | "stderr", chunk: Uint8Array): void | Promise<void> {
    let kept: void | Promise<void>;
    try {
      this.#sink ??= this.#openLog();
      kept = this.#sink.write(chunk);
    } catch (error) {
      // A log that cannot be kept ends the node: what it printed would be lost unseen.
      this.abort(error instanceof Error ? error : new SluiceError("STATE_UNWRITABLE", String(error)));
      return undefined;
    }
    const shown = this.#host.printed(this.node, stream, chunk);
    if (kept === undefined) return shown;
    return shown === undefined ? kept : Promise.all([kept, shown]).then(() => undefined);
  }
}
