import type { ClientRequest, IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import type { Instance } from "./instance.ts";
import type { Side } from "./protocol.ts";

const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS"]);
/** How often a request that could not be delivered is sent, in all. */
const ATTEMPTS = 4;

/** One request on its way through the proxy. */
export class Exchange {
  readonly side: Side;
  readonly revision: number;
  readonly startedAt = performance.now();
  /** Replicas that refused the connection, or broke it before they answered. */
  readonly refused = new Set<Instance>();
  /** Whether the next attempt needs a connection of its own. */
  fresh = false;
  /** Whether the connection to a replica broke, whatever the answer's status says. */
  broken = false;
  settled = false;
  #attempts = 0;
  /** Whether a replica has broken a connection of its own over this request. */
  #reset = false;
  #instance: Instance | undefined;
  #sent: ClientRequest | undefined;
  #gate: PassThrough | undefined;

  constructor(side: Side, revision: number) {
    this.side = side;
    this.revision = revision;
  }

  /** Takes a replica for the next attempt. */
  take(instance: Instance, turn: number): void {
    this.release();
    this.#instance = instance;
    this.#sent = undefined;
    this.#gate = undefined;
    this.#attempts += 1;
    instance.turn = turn;
    instance.count(1);
  }

  get instance(): Instance | undefined {
    return this.#instance;
  }

  /** The replica has nothing to do with the request any more. */
  release(): void {
    this.#instance?.count(-1);
    this.#instance = undefined;
  }

  /**
   * A stream that holds the request's body back until there is a connection, so that a refused one has consumed
   * nothing and another replica can be tried. Undefined for a request without a body.
   */
  gate(request: IncomingMessage): PassThrough | undefined {
    const length = request.headers["content-length"];
    const hasBody =
      request.headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
    this.#gate = hasBody ? new PassThrough() : undefined;
    return this.#gate;
  }

  /** The request to the replica has got a socket. */
  sending(sent: ClientRequest, request: IncomingMessage): void {
    this.#sent = sent;
    const gate = this.#gate;
    if (gate === undefined) return;
    const open = (): void => {
      request.pipe(gate);
    };
    if (sent.socket?.connecting === true) sent.socket.once("connect", open);
    else open();
  }

  /** Whether another attempt may be made: the replica cannot have seen the request, or may see it twice without harm. */
  mayRetry(request: IncomingMessage, error: NodeJS.ErrnoException): boolean {
    if (this.#attempts >= ATTEMPTS) return false;
    if (error.code === "ECONNREFUSED") {
      if (this.#instance !== undefined) this.refused.add(this.#instance);
      return true;
    }
    if (error.code !== "ECONNRESET" || !isIdempotent(request)) return false;
    // A kept connection that the replica closed at the same moment: nothing is wrong with the replica.
    if (this.#sent?.reusedSocket === true) {
      this.fresh = true;
      return true;
    }
    // A process that is being killed still takes connections for a moment. Another replica is asked once: a request that
    // kills what it reaches must not go round.
    if (this.#reset || this.#instance === undefined) return false;
    this.#reset = true;
    this.refused.add(this.#instance);
    return true;
  }
}

/** Whether the request may go through a kept connection, where it may have to be sent twice. */
export function isIdempotent(request: IncomingMessage): boolean {
  return IDEMPOTENT.has(request.method ?? "");
}
