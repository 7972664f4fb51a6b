import { describe, expect, it } from "vitest";
import { aks } from "../../../src/entry-aks.ts";
import { eks } from "../../../src/entry-eks.ts";
import { gke } from "../../../src/entry-gke.ts";

const AKS = { subscription: "00000000-1111-2222-3333-444444444444", resourceGroup: "web", cluster: "prod" };
const GKE = { project: "acme-web", location: "europe-west1", cluster: "prod" };

describe("the options of a target and of its cluster, side by side", () => {
  it.each([
    ["eks", () => eks({ cluster: "prod", namspace: "shop" } as never), "namspace: did you mean namespace?"],
    ["eks", () => eks({ cluster: "prod", regoin: "eu-west-1" } as never), "regoin: did you mean region?"],
    ["aks", () => aks({ ...AKS, tiemout: "2m" } as never), "tiemout: did you mean timeout?"],
    ["gke", () => gke({ ...GKE, requries: [] } as never), "requries: did you mean requires?"],
  ])("of %s() are told where they are near to what was given", (maker, make, says) => {
    expect(make).toThrow(
      expect.objectContaining({
        code: "DEFINITION_INVALID",
        message: `${maker}(): there is no option ${says}`,
      }),
    );
  });
});
