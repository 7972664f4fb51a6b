import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

/** Greets whoever asks. */
export function createGreeter(greeting = "hello") {
  return createServer((request, response) => {
    response.end(`${greeting} from ${request.url}\n`);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  createGreeter(process.env.GREETING).listen(Number(process.env.PORT ?? 8080));
}
