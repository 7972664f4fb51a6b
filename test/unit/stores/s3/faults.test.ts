import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { isMissing, storageFault } from "../../../../src/stores/s3/faults.ts";

const URL = "s3://b/p/key";

/** As the SDK throws them. */
function fault(name: string, status?: number, message = "said by the server", code?: string): Error {
  return Object.assign(new Error(message), {
    name,
    ...(code === undefined ? {} : { code }),
    $metadata: { ...(status === undefined ? {} : { httpStatusCode: status }), requestId: "R1" },
    $response: { headers: { authorization: "Signature=very-secret" } },
  });
}

describe("a fault of the storage", () => {
  it.each([
    ["CredentialsProviderError", undefined, "no credentials were found", "AWS_PROFILE"],
    ["TimeoutError", undefined, "the server does not answer", "endpoint"],
    ["NoSuchBucket", 404, "there is no such bucket", "Create it"],
    ["AccessDenied", 403, "AccessDenied: said by the server (status 403, request R1)", "must be allowed"],
    ["PermanentRedirect", 301, "PermanentRedirect", "`region`"],
    ["NotImplemented", 501, "NotImplemented", "conditional writes"],
    ["InternalError", 500, "InternalError: said by the server (status 500, request R1)", "resume"],
  ])("%s says what is wrong, where, and what next", (name, status, reason, hint) => {
    const error = storageFault("write", URL, fault(name, status));
    expect(error.code).toBe("STATE_UNWRITABLE");
    expect(error.message).toContain(`cannot write ${URL}: `);
    expect(error.message).toContain(reason);
    expect(error.hint).toContain(hint);
  });

  it("names the network's own code, where the message is empty", () => {
    const error = storageFault("read", URL, fault("AggregateError", undefined, "", "ECONNREFUSED"));
    expect(error.message).toBe(`cannot read ${URL}: the server does not answer (ECONNREFUSED)`);
  });

  it("leaves behind what the request was signed with", () => {
    const error = storageFault("read", URL, fault("AccessDenied", 403));
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain("very-secret");
  });

  it("is an object that is not there only where the server says that of the object", () => {
    expect(isMissing(fault("NoSuchKey", 404))).toBe(true);
    expect(isMissing(fault("NotFound", 404))).toBe(true);
    expect(isMissing(fault("NoSuchBucket", 404))).toBe(false);
    expect(isMissing(fault("NoSuchUpload", 404))).toBe(false);
    expect(isMissing(undefined)).toBe(false);
  });
});
