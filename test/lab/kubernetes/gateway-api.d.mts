import type { KubeObject } from "../../../src/targets/kubernetes/api/types.ts";

export declare function gatewayDefinitions(): Promise<readonly KubeObject[]>;
