import { SluiceError } from "../../../errors/index.ts";
import type { LeaseState } from "./lease-object.ts";

/** The error for an app that somebody else is changing. */
export function busy({ object, identity, holder, since }: LeaseState): SluiceError {
  const { name, namespace = "" } = object.metadata;
  const who = holder === undefined ? identity : `${holder.holder} on ${holder.host}`;
  const what = holder === undefined || holder.about === "" ? "" : `: ${holder.about}`;
  const when = since === "" ? "" : ` since ${since}`;
  return new SluiceError("TARGET_BUSY", `Lease ${namespace}/${name} is held by ${who}${when}${what}`, {
    hint: "Wait for it, or end it: a holder that is gone loses the lease by itself.",
  });
}
