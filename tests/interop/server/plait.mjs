import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const kPatienceMs = 20_000;

/** `plait serve --open` with a folder of its own, which it keeps when it is started again. */
export class Plait {
  #program;
  #data = mkdtempSync(join(tmpdir(), "plait-interop-"));
  #child = null;
  #exited = null;
  #port = 0;
  #metrics = "";
  #log = "";

  constructor(program) {
    this.#program = program;
  }

  /** Resolves when it listens; from the second time on at the port it had before. */
  async start() {
    const args = ["serve", "--open", "--data", this.#data];
    args.push("--listen", `127.0.0.1:${this.#port}`, "--metrics", "127.0.0.1:0");
    const child = spawn(this.#program, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    child.stderr.on("data", (bytes) => (this.#log += bytes));
    this.#exited = new Promise((resolve) => child.on("exit", (code) => resolve(code)));
    await new Promise((resolve, reject) => {
      const lines = createInterface(child.stdout);
      lines.on("line", (line) => {
        const [, port] = /^listening on wss:.*:(\d+)$/.exec(line) ?? [];
        if (port) this.#port = Number(port);
        const [, metrics] = /^metrics on (.*)$/.exec(line) ?? [];
        if (metrics) this.#metrics = metrics;
        if (this.#port && metrics) resolve();
      });
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`the server ended with ${code}\n${this.#log}`)));
    });
  }

  /** The server gets no chance to say or to save anything. */
  async kill() {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** Asks it to go, and resolves to its exit code. */
  async stop() {
    this.#child.kill("SIGTERM");
    return await this.#exited;
  }

  async clean() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
    rmSync(this.#data, { recursive: true, force: true });
  }

  get url() {
    return `wss://127.0.0.1:${this.#port}/yjs`;
  }

  /** Its certificate, which is the only one that its clients are to trust. */
  get certificate() {
    return readFileSync(join(this.#data, "self-signed.pem"));
  }

  async metric(name) {
    const text = await (await fetch(`${this.#metrics}/metrics`)).text();
    const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
    return Number(line?.split(" ")[1]);
  }

  /** Resolves when everything that it has taken so far is on disk. */
  async hasSaved() {
    await until(async () => (await this.metric("plait_unsaved_bytes")) === 0, "all is saved");
  }
}

/** Resolves when a condition holds. */
export async function until(condition, what) {
  const end = Date.now() + kPatienceMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
