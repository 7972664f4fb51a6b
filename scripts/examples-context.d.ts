/** What an `@example` may use without declaring it: a pipeline, and one that is being defined. */
declare const pipe: import("sluice").Pipeline;
declare const p: import("sluice").PipelineBuilder;
declare const params: { readonly nightly: boolean; readonly cloud: string };
declare const secrets: { readonly token: import("sluice").Secret };
declare const verify: import("sluice").Stage;
declare const build: import("sluice").Stage;
declare const test: import("sluice").Stage;
declare const release: import("sluice").Stage;
