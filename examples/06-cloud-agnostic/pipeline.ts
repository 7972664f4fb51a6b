// One service, one pipeline, five places. What differs is the way in; the release is the same.
//
//   npx tsx examples/06-cloud-agnostic/pipeline.ts                       this machine
//   npx tsx examples/06-cloud-agnostic/pipeline.ts --cloud kubeconfig    the cluster that kubectl speaks to
//   … --cloud aws   --cluster prod --region eu-west-1
//   … --cloud azure --cluster prod --subscription 11111111-2222-3333-4444-555555555555 --group web
//   … --cloud gcp   --cluster prod --region europe-west1 --project acme-web
//
// The verbs are the same everywhere, and stand before the flags:
//
//   npx tsx examples/06-cloud-agnostic/pipeline.ts status --cloud kubeconfig
//   … history greeter …     … rollback greeter …     … stop greeter …
import { artifact, pipeline, sh } from "sluice";
import { aks } from "sluice/aks";
import { rolling, service } from "sluice/deploy";
import { eks } from "sluice/eks";
import { gke } from "sluice/gke";
import { kubeconfig, kubernetes } from "sluice/kubernetes";
import { local } from "sluice/local";
import { z } from "zod";

const pipe = pipeline(
  {
    name: "greeter",
    params: {
      cloud: z.enum(["local", "kubeconfig", "aws", "azure", "gcp"]).default("local"),
      image: z
        .string()
        .default("docker.io/nginxinc/nginx-unprivileged:1.29-alpine")
        .describe("what clusters run"),
      greeting: z.string().default("hello"),
      namespace: z.string().default("greeter").describe("of clusters; made where there is none"),
      cluster: z.string().default("prod"),
      region: z.string().optional().describe("of the cluster: needed at Google; at AWS, else AWS_REGION"),
      subscription: z.string().optional().describe("needed at Azure"),
      group: z.string().default("web").describe("the resource group, at Azure"),
      project: z.string().default("acme-web").describe("at Google"),
    },
  },
  (p, { params }) => {
    const { cloud, namespace, cluster, region, subscription, group: resourceGroup, project } = params;
    const built = p.stage("build").job("bundle", sh`mkdir -p build && cp service/server.mjs build/`, {
      artifacts: { service: "build/**" },
    });
    p.stage("verify").job("answers", sh`node --test service/server.test.mjs`);

    const there = { name: "greeter", namespace, createNamespace: true };
    const places = {
      local: () => local({ name: "greeter" }),
      kubeconfig: () => kubernetes({ cluster: kubeconfig(), ...there }),
      aws: () => eks({ cluster, ...(region === undefined ? {} : { region }), ...there }),
      azure: () => aks({ cluster, subscription: subscription ?? "", resourceGroup, ...there }),
      gcp: () => gke({ cluster, project, location: region ?? "", ...there }),
    };

    const released = p.stage("release").deploy("greeter", {
      to: places[cloud](),
      app: service({
        artifact: artifact(built, "service"), // what a machine runs, started by the command
        command: ["node", "build/server.mjs"],
        image: params.image, // what a cluster runs, by its own entry point
        port: 8080,
        replicas: 2,
        health: "/",
        env: { GREETING: params.greeting },
      }),
      strategy: rolling(),
    });
    p.stage("tell").job("revision", sh`echo revision ${released.revision} is live at ${released.url}`);
  },
);

export default pipe;
pipe.main();
