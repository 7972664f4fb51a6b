import { spawn } from "node:child_process";

/** Runs a program to its end and gives what it printed. Rejects where it is not there, or does not end well. */
export function runProgram(command, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk) => (output += String(chunk)));
    child.stderr.on("data", (chunk) => (errors += String(chunk)));
    child.on("error", () => reject(new Error(`there is no \`${command}\` on this machine`)));
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else {
        const end = (errors.trim() || output.trim()).split("\n").slice(-3).join(" | ");
        reject(new Error(`${command} ${args[0] ?? ""} failed (${code}): ${end.slice(-600)}`));
      }
    });
  });
}
