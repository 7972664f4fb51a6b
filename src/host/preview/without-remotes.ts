import { PIPELINE, type Pipeline } from "../../builder/index.ts";
import { sourceOf } from "../prepare.ts";

/** The same pipeline without its remote cache, for who may ask nothing of any network. */
export function withoutRemotes(pipe: Pipeline): Pipeline {
  const source = sourceOf(pipe);
  if (source.cache === undefined) return pipe;
  // What else a source has is made when it is asked for.
  const own = Object.create(source, { cache: { value: undefined } }) as typeof source;
  return Object.create(pipe, { [PIPELINE]: { value: own } }) as Pipeline;
}
