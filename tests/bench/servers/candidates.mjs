import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { kRepository } from "../report/traces.mjs";

const kFolder = join(kRepository, "tests/bench/servers");
const kStartMs = 20_000;

/**
 * The servers that are compared. `args` are for a data folder and a file with a certificate and
 * its key, both absolute; `load` is what the load generator has to know.
 */
export const kCandidates = [
  {
    name: "plait",
    program: "plait",
    args: (data, pem) => [
      ...["serve", "--open", "--data", data, "--tls", `${pem},${pem}`],
      ...["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"],
      ...["--max-connections-per-address", "20000"], // all of them come from here
    ],
    path: "/yjs",
    load: [],
  },
  { name: "limit", program: "limit", args: (_, pem) => ["--tls", pem], path: "", load: ["--bare"] },
  {
    name: "y-websocket",
    script: "y-websocket.mjs",
    args: (data, pem) => ["--tls", pem, "--data", data],
    path: "",
    load: [],
  },
  {
    name: "hocuspocus",
    script: "hocuspocus.mjs",
    args: (data, pem) => ["--tls", pem, "--data", data],
    path: "",
    load: ["--dialect", "hocuspocus"],
  },
];

// Thousands of connections need as many descriptors.
function spawnWithManyFiles(program, args, stdio) {
  const script = 'ulimit -n "$(ulimit -Hn)"; exec "$0" "$@"';
  return spawn("bash", ["-c", script, program, ...args], { stdio });
}

/** Runs a program to its end; resolves to what it printed, rejects if it fails. */
export function runToEnd(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawnWithManyFiles(program, args, ["ignore", "pipe", "pipe"]);
    let output = "";
    let complaint = "";
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (complaint = `${complaint}${text}`.slice(-2000)));
    child.on("error", reject);
    child.on("close", (status) => {
      if (status === 0) resolve(output);
      else reject(new Error(complaint.trim().split("\n").at(-1) || `status ${status}`));
    });
  });
}

/** A candidate that runs, with a new data folder, which it keeps when it is started again. */
export class RunningServer {
  #candidate;
  #programs;
  #pem;
  #data;
  #child = null;
  #exited = null;
  #log = "";
  #metrics = null;
  #address = "";
  #fingerprint = "";

  /** `programs` is the folder of what was built, `folder` where data may go. */
  constructor(candidate, { programs, folder, pem }) {
    this.#candidate = candidate;
    this.#programs = programs;
    this.#pem = pem;
    mkdirSync(folder, { recursive: true });
    this.#data = mkdtempSync(join(folder, `${candidate.name}-`));
  }

  async start() {
    const { program, script, args } = this.#candidate;
    const command = script ? process.execPath : join(this.#programs, program);
    const all = [...(script ? [join(kFolder, script)] : []), ...args(this.#data, this.#pem)];
    const child = spawnWithManyFiles(command, all, ["ignore", "pipe", "pipe"]);
    this.#child = child;
    this.#exited = new Promise((resolve) => child.on("exit", resolve));
    child.stderr.on("data", (text) => (this.#log = `${this.#log}${text}`.slice(-2000)));
    let timer = null;
    await new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`${this.#candidate.name} ${why}\n${this.#log}`));
      timer = setTimeout(() => fail("does not start"), kStartMs);
      child.on("error", reject);
      child.on("exit", (code) => fail(`ended with ${code}`));
      createInterface(child.stdout).on("line", (line) => {
        this.#address = /^listening on (wss:.*)$/.exec(line)?.[1] ?? this.#address;
        this.#fingerprint = /^fingerprint (.*)$/.exec(line)?.[1] ?? this.#fingerprint;
        this.#metrics = /^metrics on (.*)$/.exec(line)?.[1] ?? this.#metrics;
        if (this.#fingerprint && (program !== "plait" || this.#metrics)) resolve();
      });
    }).finally(() => clearTimeout(timer));
  }

  /** What plait_load has to know of it. */
  get loadArguments() {
    const { path, load } = this.#candidate;
    const url = `${this.#address}${path}`;
    const pid = String(this.#child.pid);
    return ["--url", url, "--fingerprint", this.#fingerprint, "--pid", pid, ...load];
  }

  /** Resolves when nothing waits for the disk any more. Only plait can be asked. */
  async hasSaved() {
    const unsaved = async () => {
      const text = await (await fetch(`${this.#metrics}/metrics`)).text();
      return Number(/^plait_unsaved_bytes (.*)$/m.exec(text)?.[1]);
    };
    const end = Date.now() + kStartMs;
    while ((await unsaved()) !== 0) {
      if (Date.now() > end) throw new Error("the server does not save what it took");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Without a chance to say or to save anything. */
  async kill() {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** For good: its data goes with it. */
  async remove() {
    if (this.#child !== null && this.#child.exitCode === null) await this.kill();
    rmSync(this.#data, { recursive: true, force: true });
  }
}
