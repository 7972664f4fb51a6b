import type { ClusterProvider, TargetCheck, TargetContext } from "../../../ports/index.ts";
import { askRegistry } from "../registry.ts";
import { failure } from "./failure.ts";

const what = "registry";

/** Which registry belongs to the cluster. Never a failure: images may come from anywhere, and no deploy asks for it. */
export async function checkRegistry(
  provider: ClusterProvider,
  context: TargetContext,
  earlier: readonly TargetCheck[],
): Promise<TargetCheck> {
  const barred = earlier.find(({ state, what }) => state === "failed" && isOfTheWay(what));
  if (barred !== undefined) return { what, state: "skipped", detail: `${barred.what} failed` };
  try {
    const registry = await askRegistry(provider, context);
    return registry === undefined
      ? { what, state: "skipped", detail: `nobody says which one belongs to ${provider.describe()}` }
      : { what, state: "ok", detail: `images of this cloud begin with ${registry.prefix}/` };
  } catch (error) {
    context.signal.throwIfAborted();
    const { detail, ...rest } = failure(what, error);
    return { ...rest, state: "skipped", detail: `cannot be found: ${detail}` };
  }
}

/** Where the way in fails, the question of the registry would fail in the same way, after the same wait. */
function isOfTheWay(what: string): boolean {
  return what === "cluster" || what === "credentials" || what.startsWith("package ");
}
