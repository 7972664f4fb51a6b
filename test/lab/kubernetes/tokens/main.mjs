// The API server's webhook for tokens that it does not know itself. Source of the protocol: Kubernetes' "Webhook Token
// Authentication" (TokenReview of authentication.k8s.io/v1). Whom it trusts is told by `PUT /trust/NAME` with a key that
// is made when the lab comes up.
import { createServer } from "node:http";
import { verifyEksToken } from "./eks.mjs";
import { verifyEntraToken } from "./entra.mjs";
import { verifyGoogleToken } from "./google.mjs";

const VERIFIERS = { eks: verifyEksToken, entra: verifyEntraToken, google: verifyGoogleToken };

const trusted = new Map();
const key = process.env.TOKEN_WEBHOOK_KEY;

const server = createServer((request, response) => {
  answer(request).then(
    ({ status, body }) => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(body ?? {}));
    },
    (error) => {
      console.error(error);
      response.writeHead(500).end();
    },
  );
});
server.listen(Number(process.argv[2]), "127.0.0.1");

async function answer(request) {
  const { pathname } = new URL(request.url, "http://webhook");
  const text = await bodyOf(request);
  if (pathname === "/healthz") return { status: 200 };
  if (pathname === "/authenticate" && request.method === "POST")
    return { status: 200, body: await review(JSON.parse(text)) };
  const [, name] = /^\/trust\/([\w.-]+)$/.exec(pathname) ?? [];
  if (name === undefined) return { status: 404 };
  if (request.headers["x-lab-key"] !== key) return { status: 403 };
  if (request.method === "DELETE") trusted.delete(name);
  else trusted.set(name, JSON.parse(text));
  return { status: 200 };
}

async function review({ apiVersion, kind, spec }) {
  const reasons = [];
  for (const [name, trust] of trusted) {
    try {
      const user = await VERIFIERS[trust.kind](spec.token, trust, Date.now());
      return { apiVersion, kind, status: { authenticated: true, user } };
    } catch (error) {
      reasons.push(`${name}: ${error.message}`);
    }
  }
  const error = reasons.length === 0 ? "no cloud is trusted" : reasons.join("; ");
  console.log(`refused: ${error}`);
  return { apiVersion, kind, status: { authenticated: false, error } };
}

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}
