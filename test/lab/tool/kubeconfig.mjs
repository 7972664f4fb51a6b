/** A kubeconfig in the form that the suites read. */
export function kubeconfigText({ url, authority, token }) {
  const cluster = { server: url, "certificate-authority-data": Buffer.from(authority).toString("base64") };
  // JSON is YAML.
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster }],
    users: [{ name: "lab", user: { token } }],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "lab" } }],
    "current-context": "lab",
  });
}
