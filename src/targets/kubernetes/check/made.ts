import { posix } from "node:path";
import type { ResolvedApp } from "../../../ports/index.ts";

/** Says of a path or glob of the app which job will have made what it names; `undefined` where none will. */
export type Maker = (path: string) => string | undefined;

/** As far as globs can tell: a job's artifacts are known by nothing else before it has run. */
export async function makerOf({ made = {} }: Pick<ResolvedApp, "made">): Promise<Maker> {
  const { default: picomatch } = await import("picomatch");
  const makes = (glob: string, path: string): boolean => {
    const { base } = picomatch.scan(glob);
    const wanted = picomatch.scan(path);
    if (wanted.isGlob) return isWithin(base, wanted.base) || isWithin(wanted.base, base);
    const plain = posix.normalize(path);
    return isWithin(base, plain) || [plain, `${plain}/any`].some((one) => picomatch.isMatch(one, glob));
  };
  return (path) => {
    for (const [node, globs] of Object.entries(made)) {
      const glob = globs.find((one) => makes(one, path));
      if (glob !== undefined) return `${node} makes ${glob}, which is not there yet`;
    }
    return undefined;
  };
}

function isWithin(path: string, folder: string): boolean {
  return posix.relative(folder, path).split("/")[0] !== "..";
}
