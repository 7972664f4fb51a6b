import { DefinitionError, SluiceError, isSluiceError } from "../errors/index.ts";
import type { Condition, Secret } from "../model/index.ts";
import type { Draft, DraftStage } from "./draft.ts";
import type { PipelineSource } from "./pipeline.ts";
import { makeSecret } from "./refs.ts";
import { captureSite, firstForeignFrame } from "./site.ts";
import { asStage, StageBuilder } from "./stage.ts";
import type { PipelineBuilder, Stage, StageOptions } from "./types.ts";

const FINALLY = "finally";

/**
 * Runs a definition for parsed params and gives what it said.
 *
 * @throws SluiceError `DEFINITION_THREW` with the user's line, where the definition throws
 */
export function define(source: PipelineSource, params: Readonly<Record<string, unknown>>): Draft {
  const draft: Draft = {
    name: source.name,
    stages: [],
    nodes: [],
    secrets: new Map(Object.entries(source.secrets)),
    passEnv: source.passEnv,
    issues: [],
  };
  const secrets: Record<string, Secret> = {};
  for (const name of Object.keys(source.secrets)) secrets[name] = makeSecret(draft, name);
  let returned: unknown;
  try {
    returned = source.define(builderFor(draft), { params, secrets });
  } catch (error) {
    throw definitionThrew(source.name, error, draft);
  }
  if (returned instanceof Promise) {
    returned.catch(() => undefined);
    draft.issues.push({
      rule: "async-definition",
      path: `pipeline "${source.name}"`,
      message: "the definition is asynchronous, so that what it adds later would be lost",
      hint: "Make it a plain function; fetch what it needs before, or inside a job.",
      site: source.site,
    });
  }
  return draft;
}

function builderFor(draft: Draft): PipelineBuilder {
  const builders = new Map<unknown, DraftStage>();
  const add = (
    name: string,
    options: StageOptions<Condition | undefined>,
    isFinally: boolean,
  ): StageBuilder => {
    const stage: DraftStage = {
      name,
      site: captureSite(),
      index: draft.stages.length,
      after: options.after?.map((other) => builders.get(other)).filter((other) => other !== undefined),
      when: options.when,
      onFailure: options.onFailure ?? "finish",
      finally: isFinally,
      nodes: [],
    };
    draft.stages.push(stage);
    if (stage.after?.length !== options.after?.length) {
      draft.issues.push({
        rule: "foreign-stage",
        path: `stage "${name}"`,
        message: "its `after` holds something that is not a stage of this pipeline",
        hint: "Give it what p.stage(...) returned in this definition.",
        site: stage.site,
      });
    }
    const builder = new StageBuilder(draft, stage);
    builders.set(builder, stage);
    return builder;
  };
  let last: StageBuilder | undefined;
  return {
    stage: <When extends Condition | undefined>(
      name: string,
      options: StageOptions<When> = {},
    ): Stage<When> => asStage<When>(add(name, options, false)),
    finally: (name: string, what: unknown, options = {}): void => {
      last ??= add(FINALLY, {}, true);
      last.job(name, what, options);
    },
  };
}

function definitionThrew(name: string, error: unknown, draft: Draft): SluiceError {
  // A mistake found at once (wrong options of an adapter) stands first; what was collected before it is not lost.
  const known = isSluiceError(error);
  const at =
    (known ? error.at : undefined) ??
    (error instanceof Error ? firstForeignFrame(error.stack ?? "") : undefined);
  if (known && error.code === "DEFINITION_INVALID") {
    const own = {
      rule: "option",
      path: error.path ?? `pipeline "${name}"`,
      message: error.message,
      hint: error.hint,
      at,
    };
    const others = draft.issues.map(({ site, ...issue }) => ({ ...issue, at: site.location }));
    return new DefinitionError(name, [...others, own]);
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new SluiceError("DEFINITION_THREW", `the definition of pipeline "${name}" threw ${text}`, {
    at,
    hint: "Mend the definition; nothing has been run.",
    cause: error,
  });
}
