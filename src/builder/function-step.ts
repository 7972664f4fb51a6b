import type { z } from "zod";
import { SluiceError } from "../errors/index.ts";
import type { RunState } from "../model/index.ts";
import type { ResolvedSecret, Step, StepContext } from "../ports/index.ts";
import type { JobContext } from "./types.ts";

type AnyFunction = (...args: never[]) => unknown;
type Needs = Readonly<Record<string, unknown>>;

/** The step of a job that is a function. A class, so that 100,000 of them share their code. */
export class FunctionStep implements Step<unknown> {
  readonly kind = "function";
  readonly acceptsSkipped = true;
  readonly #run: (...args: unknown[]) => unknown;
  readonly #needs: Needs | undefined;
  readonly #output: z.ZodType | undefined;

  constructor(run: AnyFunction, needs: Needs | undefined, output: z.ZodType | undefined) {
    this.#run = run as (...args: unknown[]) => unknown;
    this.#needs = needs;
    this.#output = output;
  }

  get spec(): object {
    const name = this.#run.name === "" ? null : this.#run.name;
    return this.#needs === undefined ? { function: name } : { function: name, needs: this.#needs };
  }

  execute(spec: never, context: StepContext): unknown {
    const value = this.#call(spec, context);
    return this.#output === undefined ? value : checked(this.#output, value);
  }

  #call(spec: { readonly needs: Record<string, unknown> }, context: StepContext): unknown {
    const seen = new FunctionContext(context);
    return this.#needs === undefined ? this.#run(seen) : this.#run(reveal(spec.needs), seen);
  }
}

function reveal(needs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(needs).map(([name, value]) => [name, isResolvedSecret(value) ? value.reveal() : value]),
  );
}

function isResolvedSecret(value: unknown): value is ResolvedSecret {
  return (
    typeof value === "object" && value !== null && typeof (value as ResolvedSecret).reveal === "function"
  );
}

async function checked(schema: z.ZodType, output: unknown): Promise<unknown> {
  const result = await schema.safeParseAsync(await output);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${["output", ...issue.path].join(".")}: ${issue.message}`,
  );
  throw new SluiceError("OUTPUT_INVALID", `the output does not fit its schema: ${problems.join("; ")}`, {
    hint: "Return what the schema given as `output` describes.",
  });
}

/** The part of the context that functions see. Getters, because most functions read none of it. */
export class FunctionContext implements JobContext {
  readonly #step: StepContext;
  constructor(step: StepContext) {
    this.#step = step;
  }
  get run(): string {
    return this.#step.run;
  }
  get attempt(): number {
    return this.#step.attempt;
  }
  get root(): string {
    return this.#step.root;
  }
  get signal(): AbortSignal {
    return this.#step.signal;
  }
  get outcome(): RunState | undefined {
    return this.#step.outcome;
  }
  log(text: string): void {
    void this.#step.write("stdout", `${text}\n`);
  }
}
