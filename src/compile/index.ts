export { compile, type Compiled, type CompiledNode } from "./compile.ts";
