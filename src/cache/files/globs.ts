import { posix } from "node:path";

/** Which of a sorted list of paths some globs mean. */
export interface Globs {
  /** Those of `paths` (sorted, relative, with `/`) that are meant, in their order. */
  select(paths: readonly string[]): readonly string[];
  test(path: string): boolean;
  /** The globs that mean none of `paths`, those with `!` apart. */
  idle(paths: readonly string[]): readonly string[];
}

/** One glob: every path that it means is `base` itself or lies in the folder `base`. */
interface Pattern {
  readonly glob: string;
  readonly base: string;
  readonly test: (path: string) => boolean;
}

const MAGIC = /[*?[\]{}()!+@|\\]/;
const ANY = (): boolean => true;

/**
 * Reads globs as artifacts do: the name of a folder stands for all that is in it, and what begins with `!` is left out
 * wherever in the list it stands, so that their order says nothing.
 */
export async function readGlobs(globs: readonly string[]): Promise<Globs> {
  const patterns = await Promise.all(globs.filter((glob) => !isNegated(glob)).map(readPattern));
  const except = await Promise.all(
    globs.filter(isNegated).map(async (glob) => await readPattern(glob.slice(1))),
  );
  // A folder that is left out is left out with all that is in it.
  const excluded = (path: string): boolean =>
    except.length > 0 && wayTo(path).some((part) => except.some((pattern) => pattern.test(part)));
  return {
    select(paths) {
      const found = patterns.map((pattern) => selectBy(pattern, paths));
      const [first = [], ...others] = found;
      const all = others.length === 0 ? first : [...new Set(found.flat())].sort();
      return except.length === 0 ? all : all.filter((path) => !excluded(path));
    },
    test: (path) => patterns.some((pattern) => pattern.test(path)) && !excluded(path),
    idle: (paths) =>
      patterns.flatMap((pattern) =>
        selectBy(pattern, paths).some((path) => !excluded(path)) ? [] : [pattern.glob],
      ),
  };
}

/** The path and every folder above it. */
function wayTo(path: string): readonly string[] {
  const way = [path];
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
    way.push(path.slice(0, end));
  return way;
}

function isNegated(glob: string): boolean {
  return glob.startsWith("!") && !glob.startsWith("!(");
}

async function readPattern(glob: string): Promise<Pattern> {
  const bare = posix.normalize(glob).replace(/\/$/, "");
  const normal = bare.endsWith("*") ? bare : `${bare}/**`;
  const parts = normal.split("/");
  const magicAt = parts.findIndex((part) => MAGIC.test(part));
  const base = parts.slice(0, magicAt).join("/");
  const rest = parts.slice(magicAt).join("/");
  const within = (path: string): boolean => path.startsWith(`${base}/`);
  // What most people write needs no regular expression, nor the library that makes one.
  if (normal === "**" || normal === "**/*" || bare === ".") return { glob, base: "", test: ANY };
  if (rest === "**") return { glob, base, test: (path) => path === base || within(path) };
  if (rest === "**/*") return { glob, base, test: within };
  const { default: picomatch } = await import("picomatch");
  return { glob, base, test: picomatch(normal, { dot: true }) };
}

function selectBy({ base, test }: Pattern, paths: readonly string[]): readonly string[] {
  if (base === "") return test === ANY ? paths : paths.filter((path) => test(path));
  const found: string[] = [];
  const exact = firstFrom(paths, base);
  if (paths[exact] === base && test(base)) found.push(base);
  const folder = `${base}/`;
  for (let at = firstFrom(paths, folder); at < paths.length; at++) {
    const path = paths[at] as string;
    if (!path.startsWith(folder)) break;
    if (test(path)) found.push(path);
  }
  return found;
}

/** The index of the first path that is not before `text`. */
function firstFrom(paths: readonly string[], text: string): number {
  let [low, high] = [0, paths.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((paths[middle] as string) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
