export { createMasker, type MaskableJson, type Masker } from "./masker.ts";
export type { NamedSecret } from "./needles.ts";
export type { MaskStream } from "./stream.ts";
