import { isSluiceError, SluiceError } from "../../../errors/index.ts";
import { runProgram } from "../manifests/run-program.ts";
import type { HelmChart, HelmContext } from "./types.ts";

/** Variables by which Helm would take another cluster or namespace than the one that it is given. */
const STEERING = /^(?:HELM_KUBE|HELM_NAMESPACE$|HELM_DRIVER$|KUBECONFIG$)/;

/**
 * Runs Helm and gives what it printed. Its output may hold values of secrets; what is told of a failure is masked.
 *
 * @param input - for its standard input
 * @throws SluiceError `HELM_FAILED`, `TOOL_MISSING`, `CANCELLED`
 */
export async function runHelm(
  context: HelmContext,
  args: readonly string[],
  what: string,
  input?: string,
): Promise<string> {
  const { root, env, signal, processes, kubeconfig, namespace, program = "helm", mask, report } = context;
  const inherited = Object.fromEntries(Object.entries(env).filter(([name]) => !STEERING.test(name)));
  const place = ["--kubeconfig", kubeconfig, "--namespace", namespace];
  const options = { cwd: root, env: inherited, signal, ...(processes === undefined ? {} : { processes }) };
  try {
    const { code, stdout, stderr } = await runProgram(program, [...args, ...place], {
      ...options,
      ...(input === undefined ? {} : { input }),
      ...(report === undefined
        ? {}
        : {
            report: (chunk) => {
              report(mask(chunk));
            },
          }),
    });
    if (code === 0) return stdout;
    const said = mask(stderr).trim().split("\n").slice(-20).join("\n");
    throw new SluiceError(
      "HELM_FAILED",
      `helm could not ${what}: ${said === "" ? `exit code ${code}` : said}`,
      {
        hint: `Look at the release: helm history -n ${namespace}.`,
      },
    );
  } catch (error) {
    if (!isSluiceError(error) || error.code !== "TOOL_MISSING") throw error;
    throw new SluiceError("TOOL_MISSING", `helm() needs the program ${program}, which is not on the PATH`, {
      hint: "Install Helm 3 or 4: https://helm.sh/docs/intro/install/",
      cause: error,
    });
  }
}

/** Helm's major version: 3 and 4 call some of their flags by other names. Throws `HELM_FAILED` for another. */
export async function helmMajor(context: HelmContext): Promise<3 | 4> {
  const text = await runHelm(context, ["version", "--template", "{{.Version}}"], "say its version");
  const major = /^v?(\d+)\./.exec(text.trim())?.[1];
  if (major === "3") return 3;
  if (major === "4") return 4;
  throw new SluiceError("HELM_FAILED", `helm says that it is version ${JSON.stringify(text.trim())}`, {
    hint: "Use Helm 3 or 4.",
  });
}

/** The arguments that name a chart. Its values come by the standard input, see {@link valuesOf}: they are never on a disk. */
export function chartArgs({ release, chart, version, repo }: HelmChart): readonly string[] {
  return [
    release,
    chart,
    ...["--values", "-"],
    ...(version === null ? [] : ["--version", version]),
    ...(repo === null ? [] : ["--repo", repo]),
  ];
}

/** What Helm reads its values from, for {@link runHelm}. */
export function valuesOf({ values }: HelmChart): string {
  return JSON.stringify(values);
}

/** A length of time as Helm reads it. */
export function helmTime(ms: number): string {
  return `${Math.max(1, Math.ceil(ms / 1_000))}s`;
}

/** How many revisions Helm keeps, for what makes one. */
export function keepFlags({ keep }: Pick<HelmContext, "keep">): readonly string[] {
  return keep === undefined ? [] : ["--history-max", String(keep)];
}
