export { eks } from "./eks.ts";
export type { AssumeRole, AwsCredentials, EksOptions } from "./options.ts";
