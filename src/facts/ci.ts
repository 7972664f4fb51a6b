type Environment = Readonly<Record<string, string | undefined>>;

/** What a CI host says of the commit through its documented variables. `undefined` where it says nothing. */
export interface CiFacts {
  readonly branch: string | undefined;
  readonly tag: string | undefined;
  /** What a merge or pull request is to be merged into: a commit or a ref. */
  readonly base: string | undefined;
}

/**
 * GitHub Actions, GitLab CI and Jenkins (multibranch). Sources: the vendors' pages on predefined variables.
 */
export function ciFacts(env: Environment): CiFacts {
  const text = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  if (text("GITHUB_ACTIONS") !== undefined) {
    const isTag = env["GITHUB_REF_TYPE"] === "tag";
    const target = text("GITHUB_BASE_REF");
    return {
      branch: text("GITHUB_HEAD_REF") ?? (isTag ? undefined : text("GITHUB_REF_NAME")),
      tag: isTag ? text("GITHUB_REF_NAME") : undefined,
      base: target === undefined ? undefined : `origin/${target}`,
    };
  }
  if (text("GITLAB_CI") !== undefined) {
    return {
      branch: text("CI_COMMIT_BRANCH") ?? text("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
      tag: text("CI_COMMIT_TAG"),
      base: text("CI_MERGE_REQUEST_DIFF_BASE_SHA"),
    };
  }
  if (text("JENKINS_URL") !== undefined) {
    const target = text("CHANGE_TARGET");
    return {
      branch: text("CHANGE_BRANCH") ?? text("BRANCH_NAME"),
      tag: text("TAG_NAME"),
      base: target === undefined ? undefined : `origin/${target}`,
    };
  }
  return { branch: undefined, tag: undefined, base: undefined };
}

/** Who has set off what the CI host is doing; `undefined` where it does not say. Sources: as {@link ciFacts}. */
export function ciActor(env: Environment): string | undefined {
  const name =
    env["GITHUB_ACTIONS"] !== undefined
      ? (env["GITHUB_TRIGGERING_ACTOR"] ?? env["GITHUB_ACTOR"])
      : env["GITLAB_CI"] !== undefined
        ? env["GITLAB_USER_LOGIN"]
        : undefined;
  return name === "" ? undefined : name;
}
