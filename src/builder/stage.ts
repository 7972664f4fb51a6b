import { refHandle, type Condition, type PassedGate } from "../model/index.ts";
import type { Check, Step } from "../ports/index.ts";
import type { Action, Draft, DraftNode, DraftOptions, DraftStage } from "./draft.ts";
import { FunctionContext, FunctionStep } from "./function-step.ts";
import { makeRef, NO_GATES, refFields, WHOLE } from "./refs.ts";
import { captureSite, type Site } from "./site.ts";
import type { DeployOptions, JobContext, MatrixOptions, Stage } from "./types.ts";

type Cell = Readonly<Record<string, string | number | boolean>>;
type AnyRun = (...args: never[]) => unknown;
interface FunctionDefinition extends DraftOptions {
  readonly needs?: Readonly<Record<string, unknown>>;
  readonly run: AnyRun;
  readonly output?: never;
}

const NO_OPTIONS: DraftOptions = Object.freeze({});
const RELEASE_FIELDS = ["target", "name", "url", "revision", "digest"];

/** The untyped working of {@link Stage}; the types are put on by the overloads of the interface. */
export class StageBuilder {
  readonly #draft: Draft;
  readonly draft: DraftStage;

  constructor(draft: Draft, stage: DraftStage) {
    this.#draft = draft;
    this.draft = stage;
  }

  get name(): string {
    return this.draft.name;
  }

  job(name: string, what: unknown, options: DraftOptions = NO_OPTIONS): object {
    return this.#job(name, what, options, captureSite(), undefined);
  }

  jobs(steps: Readonly<Record<string, unknown>>, options: DraftOptions = {}): Record<string, object> {
    const site = captureSite();
    return Object.fromEntries(
      Object.entries(steps).map(([name, step]) => [name, this.#job(name, step, options, site, undefined)]),
    );
  }

  matrix(
    name: string,
    dimensions: Readonly<Record<string, readonly (string | number | boolean)[]>>,
    cell: (values: Cell) => unknown,
    options: MatrixOptions<never> = {},
  ): object {
    const site = captureSite();
    const { exclude, ...rest } = options;
    const cells = combinations(dimensions).filter((values) => exclude?.(values as never) !== true);
    if (cells.length === 0) {
      this.#issue(
        "empty-matrix",
        name,
        "the matrix has no combination",
        "Give each dimension at least one value.",
        site,
      );
    }
    const refs = cells.map((values) => {
      const label = Object.entries(values).map(([key, value]) => `${key}=${String(value)}`);
      return this.#job(`${name}[${label.join(",")}]`, cell(values), rest, site, values);
    });
    const expressions = refs.flatMap((ref) => refHandle(ref)?.expression ?? []);
    return makeRef(this.#draft, { $all: expressions }, [], undefined);
  }

  gate(name: string, subject: unknown, check: unknown, options: DraftOptions = {}): object {
    const site = captureSite();
    const handle = refHandle(subject);
    if (handle === undefined) {
      this.#issue(
        "gate-subject",
        name,
        "its subject is not a ref",
        "Give it what a job or a gate returned.",
        site,
      );
    }
    const node = this.#add(
      name,
      { kind: "gate", gate: name, subject, handle, check: toCheck(check) },
      options,
      site,
    );
    const passed: PassedGate[] = [...(handle?.passed ?? []), { gate: name, node: node.id }];
    return makeRef(this.#draft, { $ref: node.id, path: WHOLE }, passed, refFields(subject));
  }

  deploy(name: string, options: Partial<DeployOptions<string, Condition | undefined>> = {}): object {
    const site = captureSite();
    const { to: target, app, strategy, load, ...rest } = options;
    // What is missing is reported by the compiler, with everything else.
    const action = { kind: "deploy", target, app, strategy, load } as Action;
    const node = this.#add(name, action, rest, site);
    return makeRef(this.#draft, { $ref: node.id, path: WHOLE }, NO_GATES, RELEASE_FIELDS);
  }

  #job(name: string, what: unknown, options: DraftOptions, site: Site, matrix: Cell | undefined): object {
    const [step, rest] = toStep(what, options);
    const node = this.#add(name, { kind: "job", step }, rest, site, matrix);
    return makeRef(
      this.#draft,
      { $ref: node.id, path: WHOLE },
      NO_GATES,
      (step as Partial<Step<unknown>> | undefined)?.fields,
    );
  }

  #add(name: string, action: Action, options: DraftOptions, site: Site, matrix?: Cell): DraftNode {
    const id = `${this.name}/${name}`;
    const node: DraftNode = { id, name, stage: this.draft, site, action, options, matrix };
    this.draft.nodes.push(node);
    this.#draft.nodes.push(node);
    return node;
  }

  #issue(rule: string, name: string, message: string, hint: string, site: Site): void {
    this.#draft.issues.push({ rule, path: `stage "${this.name}" > "${name}"`, message, hint, site });
  }
}

function toStep(what: unknown, options: DraftOptions): [Step<unknown>, DraftOptions] {
  if (typeof what === "function") {
    // Most have none, and a large pipeline need not keep a copy of the options for each of its jobs.
    if (!("output" in options)) return [new FunctionStep(what as AnyRun, undefined, undefined), options];
    const { output, ...rest } = options as DraftOptions & { output?: never };
    return [new FunctionStep(what as AnyRun, undefined, output), rest];
  }
  if (isFunctionDefinition(what)) {
    const { needs, run, output, ...rest } = what;
    return [new FunctionStep(run, needs, output), rest];
  }
  return [what as Step<unknown>, options];
}

function isFunctionDefinition(what: unknown): what is FunctionDefinition {
  return typeof what === "object" && what !== null && "run" in what && typeof what.run === "function";
}

function toCheck(check: unknown): Check<never> {
  if (typeof check !== "function") return check as Check<never>;
  const predicate = check as (value: unknown, context: JobContext) => unknown;
  const name = predicate.name === "" ? "the check" : predicate.name;
  return {
    kind: "predicate",
    spec: { function: predicate.name === "" ? null : predicate.name },
    judge: async (subject: unknown, _spec, context) => {
      // Only `true` passes: a promise forgotten or an object returned by mistake must not.
      const ok = (await predicate(subject, new FunctionContext(context))) === true;
      const summary = ok ? `${name} holds` : `${name} does not hold`;
      return { outcome: ok ? "passed" : "failed", figures: [], summary };
    },
  };
}

/** Every combination, the last dimension turning fastest. */
function combinations(dimensions: Readonly<Record<string, readonly (string | number | boolean)[]>>): Cell[] {
  return Object.entries(dimensions).reduce<Cell[]>(
    (cells, [name, values]) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value }))),
    [{}],
  );
}

/** The typed face of a {@link StageBuilder}. */
export function asStage<When extends Condition | undefined>(builder: StageBuilder): Stage<When> {
  return builder as unknown as Stage<When>;
}
