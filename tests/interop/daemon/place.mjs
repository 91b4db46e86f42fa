import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Frames, framed } from "./frames.mjs";

const kPatienceMs = 20_000;

/** Waits until something holds; fails when it never will. */
export async function until(holds, what) {
  const end = Date.now() + kPatienceMs;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A machine of one user: a folder with a PLAIT_HOME in it, and the programs that use it. */
export class Place {
  #program;
  #editors = [];
  #neighbours = [];
  folder = mkdtempSync(join(tmpdir(), "plait-daemon-"));
  home = join(this.folder, "home");

  constructor(program) {
    this.#program = program;
  }

  get program() {
    return this.#program;
  }
  /** Through a link, since a home may lie deeper than the address of a socket is long. */
  get socket() {
    const short = join(this.folder, "link");
    rmSync(short, { force: true });
    symlinkSync(this.home, short);
    return join(short, "daemon.sock");
  }
  get environment() {
    return { ...process.env, PLAIT_HOME: this.home };
  }

  /** An editor that starts `plait editor`. */
  editor() {
    const editor = new Editor(
      spawn(this.#program, ["editor"], { env: this.environment, stdio: "pipe" }),
    );
    this.#editors.push(editor);
    return editor;
  }

  /** Another machine, of another user. */
  neighbour() {
    const place = new Place(this.#program);
    this.#neighbours.push(place);
    return place;
  }

  /** Runs `plait …` to its end. */
  run(...args) {
    return new Promise((resolve) => {
      execFile(this.#program, args, { env: this.environment }, (error, out, notes) => {
        resolve({ code: error ? error.code : 0, out, notes });
      });
    });
  }

  /** The process of the daemon that listens now; null if none does. */
  daemon() {
    return new Promise((resolve) => {
      const socket = connect(this.socket);
      const frames = new Frames((message) => {
        socket.destroy();
        resolve(message.result.process);
      });
      socket.on("data", (bytes) => frames.feed(bytes));
      socket.on("error", () => resolve(null));
      socket.on("close", () => resolve(null));
      const params = { client: { name: "test", version: "0" }, protocolVersion: 1 };
      socket.write(framed({ jsonrpc: "2.0", id: 1, method: "daemon/hello", params }));
    });
  }
  theDaemon() {
    return until(() => this.daemon(), "a daemon listens");
  }
  async noDaemon() {
    await until(async () => (await this.daemon()) === null, "no daemon listens");
  }
  /** How many daemons have begun here. */
  get begun() {
    return this.log().split("the daemon listens").length - 1;
  }

  log() {
    const path = join(this.home, "log", "daemon.log");
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  async clean() {
    for (const neighbour of this.#neighbours) await neighbour.clean();
    for (const editor of this.#editors) editor.kill();
    const pid = await this.daemon();
    if (pid) process.kill(pid, "SIGKILL");
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** What an editor's plugin is to the bridge: messages in both directions. */
export class Editor {
  #child;
  #next = 1;
  #awaited = new Map();
  /** Everything that came, in order. */
  heard = [];
  errors = "";
  ended;

  constructor(child) {
    this.#child = child;
    const frames = new Frames((message) => {
      this.heard.push(message);
      this.#awaited.get(message.id)?.(message);
    });
    child.stdout.on("data", (bytes) => frames.feed(bytes));
    child.stderr.on("data", (bytes) => (this.errors += bytes));
    child.stdin.on("error", () => {}); // of a bridge that has gone
    this.ended = new Promise((resolve) => {
      child.on("exit", (code, signal) => resolve(code ?? signal));
    });
  }

  write(bytes) {
    this.#child.stdin.write(bytes);
  }
  says(method, params = {}) {
    this.write(framed({ jsonrpc: "2.0", method, params }));
  }
  asks(method, params = {}) {
    const id = this.#next++;
    this.write(framed({ jsonrpc: "2.0", id, method, params }));
    return id;
  }
  /** Nothing that is done by a timer comes between the answer and who waits for it. */
  answer(id) {
    const heard = this.heard.find((message) => message.id === id);
    if (heard) return heard;
    return new Promise((resolve, reject) => {
      const late = new Error(`waited in vain: answer ${id} comes`);
      const timer = setTimeout(() => reject(late), kPatienceMs);
      this.#awaited.set(id, (message) => {
        clearTimeout(timer);
        this.#awaited.delete(id);
        resolve(message);
      });
    });
  }
  async call(method, params) {
    const { result, error } = await this.answer(this.asks(method, params));
    if (error) throw Object.assign(new Error(`${method}: ${error.message}`), error);
    return result;
  }
  initialize(name) {
    return this.call("initialize", {
      protocolVersion: 1,
      client: { name: "scripted", version: "1" },
      positionEncodings: ["utf-8"],
      user: { name },
    });
  }
  closesItsEnd() {
    this.#child.stdin.end();
  }
  kill(signal = "SIGKILL") {
    this.#child.kill(signal);
  }
}
