export { createMasker, type MaskableJson, type Masker } from "./masker.ts";
export { SHORTEST as SHORTEST_SECRET, type NamedSecret } from "./needles.ts";
export type { MaskStream } from "./stream.ts";
