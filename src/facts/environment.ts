type Environment = Readonly<Record<string, string | undefined>>;

/** What `git rev-parse --local-env-vars` names of places: git sets them for its hooks, and they lead to one repository. */
const PLACES = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_PREFIX",
  "GIT_COMMON_DIR",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_NAMESPACE",
];

/**
 * The environment for git as Sluice asks it: about the checkout that it is started in, also from a git hook; without
 * taking locks that a job may need; and in words that do not depend on the user's language.
 */
export function gitEnvironment(env: Environment): Record<string, string | undefined> {
  const own: Record<string, string | undefined> = { ...env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" };
  for (const name of PLACES) own[name] = undefined;
  return own;
}
