import { codeOf, isSluiceError, messageOf } from "../../../errors/index.ts";
import type { ClusterNeed, ClusterProvider, TargetCheck, TargetContext } from "../../../ports/index.ts";
import { runProgram } from "../manifests/run-program.ts";

/** Whether the packages and programs are there without which the target cannot be reached. */
export async function checkNeeds(
  { needs }: Pick<ClusterProvider, "needs">,
  app: string,
  context: TargetContext,
): Promise<readonly TargetCheck[]> {
  const all: readonly Need[] = [...needs, ...(OF_APPS[app] ?? [])];
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

/** `or` does as well. */
type Need = ClusterNeed & { readonly or?: string };

const OF_APPS: Readonly<Record<string, readonly Need[]>> = {
  helm: [
    {
      kind: "program",
      name: "helm",
      why: "helm() runs Helm 3 or 4: https://helm.sh/docs/intro/install/",
    },
  ],
  kustomize: [
    {
      kind: "program",
      name: "kustomize",
      or: "kubectl",
      why: "kustomize() runs one of them: https://kubectl.docs.kubernetes.io/installation/kustomize/",
    },
  ],
};

async function missingPackage({ name }: ClusterNeed): Promise<string | undefined> {
  try {
    // Named by the provider: no bundler is to look for it.
    await import(/* @vite-ignore */ name);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    return code === "ERR_MODULE_NOT_FOUND" ? "is not installed" : `cannot be loaded: ${messageOf(error)}`;
  }
}

async function missingProgram({ name, or }: Need, context: TargetContext): Promise<string | undefined> {
  if (await isProgram(name, context)) return undefined;
  if (or === undefined) return "is not on the PATH";
  return (await isProgram(or, context)) ? undefined : `neither ${name} nor ${or} is on the PATH`;
}

/** A program that is started and says nothing useful is there all the same. */
async function isProgram(name: string, context: TargetContext): Promise<boolean> {
  const { root: cwd, env, signal, processes } = context;
  // kubectl asks its cluster too, unless it is told not to.
  const args = name === "kubectl" ? ["version", "--client"] : ["version"];
  try {
    await runProgram(name, args, { cwd, env: { ...process.env, ...env }, signal, processes });
    return true;
  } catch (error) {
    if (isSluiceError(error) && error.code === "TOOL_MISSING") return false;
    throw error;
  }
}
