import { describe, expect, it } from "vitest";
import { job, service } from "../../../../../src/deploy/index.ts";
import { servicePermissions } from "../../../../../src/targets/kubernetes/check/permissions.ts";
import { kubeconfig } from "../../../../../src/entry-kubernetes.ts";
import { kubernetesSpec } from "../../../../../src/targets/kubernetes/options.ts";
import { gateway } from "../../../../../src/targets/kubernetes/index.ts";
import { permissionTable } from "../../../../fixtures/kubernetes/permission-table.ts";

describe("the permissions that doctor asks about", () => {
  it("are those of the table in docs/kubernetes.md, neither more nor fewer", () => {
    const app = service({
      image: "web:1",
      replicas: 2,
      disruption: 1,
      autoscale: { max: 4 },
      config: { files: { "/etc/app/settings": "a=1" } },
      hooks: { before: [job({ name: "migrate", command: ["true"] })] },
    });
    const target = kubernetesSpec({ cluster: kubeconfig(), traffic: gateway({ parents: ["public"] }) });
    const asked = servicePermissions(JSON.parse(JSON.stringify(app.spec)), target, "shop").map(
      ({ kind, subresource, verb }) =>
        `${kind.toLowerCase()}s${subresource === undefined ? "" : `/${subresource}`} ${verb}`,
    );
    const said = permissionTable().flatMap(({ resource, verbs }) =>
      verbs.map((verb) => `${resource} ${verb}`),
    );
    expect(asked.sort()).toEqual(said.sort());
  });
});
