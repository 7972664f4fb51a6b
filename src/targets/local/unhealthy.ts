import { SluiceError } from "../../errors/index.ts";
import { releaseLayout, replicaLog } from "./layout.ts";
import type { ReplicaView } from "./proxy/protocol.ts";
import { lastLines, logTail } from "./proxy/replica-log.ts";
import type { Session } from "./session.ts";

/** The error for a release that does not come up, with what its replica printed last. */
export async function unhealthy(
  session: Session,
  revision: number,
  replica: ReplicaView | undefined,
): Promise<SluiceError> {
  const { layout, spec, context } = session;
  const what = `revision ${revision} of target "${spec.name}" did not become healthy`;
  if (replica === undefined) return new SluiceError("RELEASE_UNHEALTHY", `${what} in time`, { hint: HINT });
  const why = `replica ${replica.index} ${replica.failure?.text ?? `is ${replica.phase}`}`;
  const log = replicaLog(releaseLayout(layout, revision), replica.index);
  const tail = lastLines(context.mask(await logTail(log)));
  const printed =
    tail === "" ? "; it printed nothing" : `; it printed last:\n${tail.replaceAll(/^/gm, "  | ")}`;
  const state = replica.failure?.kind === "state";
  const secret = replica.failure?.kind === "secret";
  return new SluiceError(
    state ? "STATE_UNWRITABLE" : secret ? "SECRET_MISSING" : "RELEASE_UNHEALTHY",
    state || secret ? `${what}: ${why}` : `${what}: ${why}${printed}`,
    {
      path: log,
      hint: state ? "Make room on the disk." : secret ? "Declare the secret in the pipeline." : HINT,
    },
  );
}

const HINT =
  "Have the app listen on 127.0.0.1 at the port in PORT and answer its health path; service({ health: { startup } }) gives it more time.";
