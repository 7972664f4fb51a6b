import { describe, expect, it } from "vitest";
import { baseEnv } from "../../../../src/executors/shell/index.ts";

describe("baseEnv", () => {
  it("takes the base and nothing else", () => {
    const env = { PATH: "/bin", HOME: "/home", LC_ALL: "C", CI: "true", https_proxy: "p", TERM: undefined };
    const rest = {
      AWS_SECRET_ACCESS_KEY: "x",
      NODE_OPTIONS: "x",
      PATHS: "x",
      SSH_AUTH_SOCK: "x",
      BASH_ENV: "x",
    };
    expect(baseEnv({ ...env, ...rest }, [])).toEqual({
      PATH: "/bin",
      HOME: "/home",
      LC_ALL: "C",
      CI: "true",
      https_proxy: "p",
    });
  });

  it("takes names and beginnings of names from passEnv", () => {
    const env = { GOPATH: "1", GO: "2", AGO: "3", JAVA_HOME: "4", JAVA: "5" };
    expect(baseEnv(env, ["GO*", "JAVA_HOME"])).toEqual({ GOPATH: "1", GO: "2", JAVA_HOME: "4" });
    expect(baseEnv(env, ["*"])).toEqual(env);
  });

  it("takes nothing that an outer Sluice has set for its own job", () => {
    expect(baseEnv({ SLUICE_SECRET_x: "1", SLUICE_JOB: "2" }, ["*", "SLUICE_JOB"])).toEqual({});
  });

  it("is frozen", () => {
    expect(Object.isFrozen(baseEnv({}, []))).toBe(true);
  });
});
