// What an app may claim to have passed: only what everything that it is made of has passed.
import { helm, job, kustomize, manifests, service, type ServiceOptions } from "../../src/deploy/index.ts";
import type { App, Artifact, Ref, Secret } from "../../src/index.ts";

declare const dist: Ref<Artifact, "answers" | "scan">;
declare const unseen: Ref<Artifact>;
declare const image: Ref<string, "answers" | "approval">;
declare const other: Ref<string, "scan">;
declare const built: Ref<{ digest: string; size: number }, "answers">;
declare const maybe: Ref<string | undefined, "answers">;
declare const count: Ref<number>;
declare const secret: Secret;
const command = ["node", "server.js"];

// One part: its gates.
export const fromFiles: App<"answers" | "scan"> = service({ artifact: dist, command });
export const fromImage: App<"answers" | "approval"> = service({ image });
export const fromField: App<"answers"> = service({ image: built.digest });
export const fewer: App<"answers"> = service({ artifact: dist, command });
// @ts-expect-error the files lack "approval"
export const lacksApproval: App<"approval"> = service({ artifact: dist, command });
// @ts-expect-error the image lacks "scan"
export const lacksScan: App<"scan"> = service({ image });

// Two parts: what both have passed.
export const both: App<"answers"> = service({ artifact: dist, command, image });
// @ts-expect-error only the files have passed "scan"
export const ofFilesOnly: App<"scan"> = service({ artifact: dist, command, image });
// @ts-expect-error only the image has passed "approval"
export const ofImageOnly: App<"approval"> = service({ artifact: dist, command, image });
// @ts-expect-error the files have passed nothing
export const unseenFiles: App<"answers"> = service({ artifact: unseen, command, image });

// An image that is only named has passed nothing, whatever the files have.
export const open: App = service({ image: "registry.example/web:1" });
// @ts-expect-error a text has no evidence
export const named: App<"answers"> = service({ image: "registry.example/web:1" });
// @ts-expect-error nor does that of the files count for it
export const namedBeside: App<"answers"> = service({
  artifact: dist,
  command,
  image: "registry.example/web:1",
});
// @ts-expect-error nor where it may be a ref
export const either: App<"answers"> = service({
  image: Math.random() > 2 ? "registry.example/web:1" : image,
});

// Jobs with an image of their own count too.
const migrate = job({ name: "migrate", command });
const seed = job({ name: "seed", command, image: other });
const loose = job({ name: "loose", command, image: "tools:1" });
export const hooked: App<"answers" | "approval"> = service({ image, hooks: { before: [migrate] } });
export const seeded: App<"scan"> = service({ artifact: dist, command, hooks: { before: [migrate, seed] } });
// @ts-expect-error the job's image has passed only "scan"
export const badHook: App<"answers"> = service({ artifact: dist, command, hooks: { before: [seed] } });
// @ts-expect-error the job's image has passed nothing
export const looseHook: App<"answers"> = service({ image, hooks: { after: [migrate, loose] } });

// A function hands its evidence through.
const app = <P extends string>(from: Ref<Artifact, P>): App<P> => service({ artifact: from, command });
export const handed: App<"scan"> = app(dist);
const run = <P extends string>(from: Ref<string, P>) => service({ image: from });
export const run1: App<"approval"> = run(image);
// @ts-expect-error also what it has not
export const run2: App<"scan"> = run(image);

// Options.
export const options: ServiceOptions = { image: "web:1", replicas: count };
// @ts-expect-error neither files nor an image
service({ command });
// @ts-expect-error files without a command
service({ artifact: dist });
// @ts-expect-error a value that may be absent
service({ image: maybe });
// @ts-expect-error no such option
service({ image, replica: 2 });
// @ts-expect-error a secret is no variable
service({ image, env: { TOKEN: secret } });
// @ts-expect-error an autoscaler needs a most
service({ image, autoscale: { min: 2 } });
// @ts-expect-error no such way to spread
service({ image, spread: { zone: "maybe" } });
// @ts-expect-error a job needs a command
job({ name: "migrate" });

// Manifests, folders of kustomize and charts: what `of` has passed, or else all refs that go into them.
export const plain: App = manifests("deploy/*.yaml");
export const filled: App<"answers"> = manifests("deploy/*.yaml", { env: { IMAGE: image, LEVEL: "info" } });
export const said: App<"scan"> = manifests(["a.yaml"], { of: other, env: { IMAGE: image, N: count } });
export const overlay: App<"approval"> = kustomize("overlays/prod", { env: { IMAGE: image } });
export const chart: App<"answers"> = helm({
  chart: "./chart",
  values: { image: { digest: built.digest, tag: image }, list: [{ other: image }], password: secret, n: 1 },
});
export const chartOf: App<"scan"> = helm({ chart: "./chart", values: { n: count }, of: other });
// @ts-expect-error manifests alone have passed nothing
export const nothing: App<"answers"> = manifests("deploy/*.yaml");
// @ts-expect-error one of the refs has passed nothing
export const mixed: App<"answers"> = manifests("deploy/*.yaml", { env: { IMAGE: image, N: count } });
// @ts-expect-error "approval" is not what `of` has passed
export const ofOnly: App<"approval"> = manifests("deploy/*.yaml", { of: other, env: { IMAGE: image } });
// @ts-expect-error the deepest value counts as well
export const deep: App<"approval"> = helm({ chart: "c", values: { a: { b: [image, built.digest] } } });
// @ts-expect-error a secret may not stand in manifests
manifests("deploy/*.yaml", { env: { TOKEN: secret } });
