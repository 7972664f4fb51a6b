import { isSluiceError, messageOf } from "../../../errors/index.ts";
import type { ClusterNeed, ClusterProvider, TargetCheck, TargetContext } from "../../../ports/index.ts";
import { runProgram } from "../manifests/run-program.ts";

/** Whether the packages and programs are there without which the target cannot be reached. */
export async function checkNeeds(
  { needs }: Pick<ClusterProvider, "needs">,
  app: string,
  context: TargetContext,
): Promise<readonly TargetCheck[]> {
  const all = [...needs, ...(app === "helm" ? [HELM] : [])];
  return await Promise.all(
    all.map(async (need) => {
      const what = `${need.kind} ${need.name}`;
      const problem = await (need.kind === "package" ? missingPackage(need) : missingProgram(need, context));
      return problem === undefined
        ? { what, state: "ok" as const, detail: "is there" }
        : { what, state: "failed" as const, detail: problem, hint: need.why };
    }),
  );
}

const HELM: ClusterNeed = {
  kind: "program",
  name: "helm",
  why: "helm() runs Helm 3 or 4: https://helm.sh/docs/intro/install/",
};

async function missingPackage({ name }: ClusterNeed): Promise<string | undefined> {
  try {
    // Named by the provider: no bundler is to look for it.
    await import(/* @vite-ignore */ name);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ERR_MODULE_NOT_FOUND" ? "is not installed" : `cannot be loaded: ${messageOf(error)}`;
  }
}

/** A program that is started and says nothing useful is there all the same. */
async function missingProgram({ name }: ClusterNeed, context: TargetContext): Promise<string | undefined> {
  const { root: cwd, env, signal, processes } = context;
  try {
    await runProgram(name, ["version"], { cwd, env: { ...process.env, ...env }, signal, processes });
    return undefined;
  } catch (error) {
    if (isSluiceError(error) && error.code === "TOOL_MISSING") return "is not on the PATH";
    throw error;
  }
}
