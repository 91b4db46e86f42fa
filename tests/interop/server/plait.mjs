import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const kPatienceMs = 20_000;

/**
 * `plait serve` with a folder of its own, which it keeps when it is started again: open to
 * everybody, or for members alone.
 */
export class Plait {
  #program;
  #open;
  #data = mkdtempSync(join(tmpdir(), "plait-interop-"));
  #child = null;
  #exited = null;
  #port = 0;
  #metrics = "";
  #log = "";
  /** The link for the first owner, if one was printed at the last start. */
  firstOwner = null;

  constructor(program, { open = true } = {}) {
    this.#program = program;
    this.#open = open;
  }

  /** Resolves when it listens; from the second time on at the port it had before. */
  async start() {
    const args = ["serve", "--data", this.#data];
    if (this.#open) args.push("--open");
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
        const [, link] = /^first owner (.*)$/.exec(line) ?? [];
        if (link) this.firstOwner = link;
        if (this.#port && metrics) resolve();
      });
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`the server ended with ${code}\n${this.#log}`)));
    });
  }

  /** What `plait admin` says, beside the server or without one; rejects if it fails. */
  admin(...args) {
    return new Promise((resolve, reject) => {
      const all = ["admin", "--data", this.#data, ...args];
      execFile(this.#program, all, (error, out, notes) => {
        if (error) reject(new Error(notes.trim()));
        else resolve(out.trim());
      });
    });
  }
  async adminJson(...args) {
    return JSON.parse(await this.admin("--json", ...args));
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

  get folder() {
    return this.#data;
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
