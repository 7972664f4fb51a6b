export { env } from "./env.ts";
export { file } from "./file.ts";
