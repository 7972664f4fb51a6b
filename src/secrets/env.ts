import { SluiceError } from "../errors/index.ts";
import type { SecretSource } from "../ports/index.ts";

/**
 * A secret from an environment variable of the process that runs the pipeline. The value is taken as it is.
 *
 * @param name the variable's name
 * @throws DEFINITION_INVALID where `name` is not the name of a variable
 * @throws SECRET_MISSING when the run starts, where the variable is not set or empty
 *
 * @example
 * ```ts
 * import { env, pipeline, sh } from "sluice";
 *
 * export default pipeline({ name: "api", secrets: { token: env("NPM_TOKEN") } }, (p, { secrets }) => {
 *   p.stage("publish").job("npm", sh({ env: { NODE_AUTH_TOKEN: secrets.token } })`npm publish`);
 * });
 * ```
 */
export function env(name: string): SecretSource {
  if (name === "" || name.includes("=") || name.includes("\0")) {
    throw new SluiceError(
      "DEFINITION_INVALID",
      `env(${JSON.stringify(name)}): this cannot be a variable's name`,
      {
        hint: 'Give the name of an environment variable, for example env("NPM_TOKEN").',
      },
    );
  }
  return Object.freeze<SecretSource>({
    kind: "secret-source",
    source: "env",
    with: name,
    resolve: (context) => {
      const value = context.env[name];
      if (value !== undefined && value !== "") return Promise.resolve(value);
      const state = value === undefined ? "not set" : "empty";
      return Promise.reject(
        new SluiceError("SECRET_MISSING", `the environment variable ${name} is ${state}`, {
          hint: `Set ${name} in the environment that the pipeline is started from.`,
        }),
      );
    },
  });
}
