export { createMasker } from "./masker.ts";
export type { MaskStream } from "./stream.ts";
