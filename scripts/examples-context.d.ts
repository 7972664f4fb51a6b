/** What an `@example` may use without declaring it: pipelines, one that is being defined, and what users have at hand. */
declare const pipe: import("sluice").Pipeline;
declare const plan: import("sluice").Plan;
declare const recorded: import("sluice").Plan;
declare const current: import("sluice").Plan;
declare const p: import("sluice").PipelineBuilder;
declare const verify: import("sluice").Stage;
declare const build: import("sluice").Stage;
declare const test: import("sluice").Stage;
declare const release: import("sluice").Stage;
declare const audit: import("sluice").JobRef<{ readonly stdout: string; readonly exitCode: number }>;
declare const built: import("sluice").Ref<import("sluice").Artifact>;
declare const image: import("sluice").Ref<string>;
declare const approved: import("sluice").Ref<string, "approval">;
declare const params: { readonly nightly: boolean; readonly cloud: string };
declare const secrets: {
  readonly token: import("sluice").Secret;
  readonly database: import("sluice").Secret;
};
declare const pattern: string;
declare const registry: string;
declare const z: typeof import("zod").z;
declare const execa: typeof import("execa").execa;
declare const writeFile: typeof import("node:fs/promises").writeFile;

// Inside Sluice.
declare const spec: import("../src/executors/shell/spec.ts").ShellSpec;
declare const child: import("node:child_process").ChildProcess & { readonly pid: number };
declare const runId: string;
declare const previews: readonly import("../src/graph/preview-text.ts").NodePreview[];
declare function describe(value: unknown): string;
declare function refused(reason: string): Error;
