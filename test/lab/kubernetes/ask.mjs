import { request } from "node:https";

/** One request to the lab's API server. Rejects for an answer that is none of 2xx. */
export function ask({ url, authority, token }, method, path, body) {
  const headers = {
    Authorization: `Bearer ${token}`,
    Accept: "application/json",
    "Content-Type": "application/json",
  };
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { method, headers, ca: authority }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      answer.on("end", () => {
        if (answer.statusCode >= 200 && answer.statusCode < 300)
          resolve(text === "" ? undefined : JSON.parse(text));
        else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`));
      });
      answer.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
