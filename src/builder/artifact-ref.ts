import { SluiceError } from "../errors/index.ts";
import { refHandle, type PassedGate, type Ref, type RefCore, type Artifact } from "../model/index.ts";
import type { Draft } from "./draft.ts";
import { makeRef } from "./refs.ts";
import type { ArtifactNames } from "./types.ts";

const FIELDS = ["name", "digest", "path", "size", "files"];

/**
 * A ref to an artifact that a job declares. Passing it on orders the two nodes, and where the consumer runs in another
 * folder or on another machine the files are put in place first, verified by hash.
 *
 * @throws SluiceError `DEFINITION_INVALID` where `job` is not what a job returned
 *
 * @example
 * ```ts
 * const built = build.job("index", sh`node build-index.mjs`, { artifacts: { index: "build/index.json" } });
 * test.job("size", sh`wc -c ${artifact(built, "index").path}`);
 * ```
 */
export function artifact<R extends RefCore<unknown, never>>(job: R, name: ArtifactNames<R>): Ref<Artifact> {
  const handle = refHandle(job);
  if (handle === undefined || !("$ref" in handle.expression) || handle.expression.path.length > 0) {
    throw new SluiceError("DEFINITION_INVALID", `artifact(…, "${name}") was not given what a job returned`, {
      hint: "Pass the ref that stage.job(...) returned, not a field of it.",
    });
  }
  const passed: readonly PassedGate[] = handle.passed;
  const expression = { $artifact: handle.expression.$ref, name: name, path: [] };
  return makeRef(handle.owner as Draft, expression, passed, FIELDS) as Ref<Artifact>;
}
