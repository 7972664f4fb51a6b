import { isAbsolute, resolve } from "node:path";
import { define, PIPELINE, type Pipeline, type PipelineSource } from "../builder/index.ts";
import { compile, type Compiled } from "../compile/index.ts";
import { SluiceError } from "../errors/index.ts";
import { parseParams } from "./params.ts";

/** A pipeline compiled for given params, with the folder in which it works. */
export interface Prepared extends Compiled {
  readonly root: string;
}

export interface PrepareOptions {
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly cwd?: string | undefined;
}

/** What a pipeline carries, or an error where something else was passed. */
export function sourceOf(pipe: Pipeline): PipelineSource {
  const source = (pipe as Partial<Pipeline> | undefined)?.[PIPELINE];
  if (source === undefined) {
    throw new SluiceError("USAGE", "this is not a pipeline", {
      hint: "Pass what pipeline({ name }, …) returned.",
    });
  }
  return source;
}

/**
 * Parses params, evaluates the definition and compiles it.
 *
 * @throws SluiceError `PARAMS_INVALID`, `DEFINITION_THREW`
 * @throws DefinitionError with every mistake
 */
export function prepare(pipe: Pipeline, options: PrepareOptions): Prepared {
  const source = sourceOf(pipe);
  const { values, json } = parseParams(source.name, source.params, options.params ?? {});
  const root = options.cwd === undefined ? source.root : resolve(options.cwd);
  if (!isAbsolute(root)) throw new SluiceError("INTERNAL", `the root "${root}" is not absolute`);
  return { ...compile(define(source, values), json, root), root };
}
