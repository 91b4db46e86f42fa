import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OpenBuffer } from "../interop/daemon/buffer.mjs";
import { until } from "../interop/daemon/place.mjs";

/** Git as on a machine where nobody has set anything. */
const kGit = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Ann",
  GIT_AUTHOR_EMAIL: "ann@example.org",
  GIT_COMMITTER_NAME: "Ann",
  GIT_COMMITTER_EMAIL: "ann@example.org",
};

/** Somebody with a machine, and on it the folder that is shared. */
export class Person {
  #place;
  #stage;
  #session;
  name;
  folder;
  /** What is open in this person's editor: its name, and its buffer. */
  open = null;

  constructor(name, place, stage) {
    this.name = name;
    this.#place = place;
    this.#stage = stage;
    this.folder = join(realpathSync(place.folder), "kitchen");
  }

  // What this person does ------------------------------------------------------------------

  /** Types a command into a shell that stands in the folder. */
  async runs(command) {
    this.#stage.command(this, `$ ${command}`);
    const { code, notes } = await new Promise((resolve) => {
      const env = { ...this.#place.environment, ...kGit };
      execFile("bash", ["-c", command], { cwd: this.folder, env }, (error, out, notes) =>
        resolve({ code: error ? error.code : 0, notes }),
      );
    });
    if (code !== 0) throw new Error(`${this.name}: ${command}\n${notes}`);
  }

  /** Runs `plait …`; its standard output. */
  async plait(...args) {
    const words = args.map((arg) => (arg.startsWith("plait://") ? "plait://..." : arg));
    this.#stage.command(this, `$ plait ${words.join(" ").replace(this.folder, "~/kitchen")}`);
    const { code, out, notes } = await this.#place.run(...args);
    if (code !== 0) throw new Error(`${this.name}: plait ${args[0]}\n${notes}`);
    return out.trim();
  }

  async killsTheDaemon() {
    const pid = await this.#place.theDaemon();
    this.#stage.command(this, `$ kill -9 ${pid}   # plait daemon`);
    process.kill(pid, "SIGKILL");
    return pid;
  }
  /** Another one than that is there. */
  async hasAnotherDaemon(than) {
    await until(async () => ![null, than].includes(await this.#place.daemon()), "a new daemon");
  }

  async opens(file) {
    this.#stage.command(this, `opens ${file} in an editor`);
    this.#session = this.#place.editor();
    await this.#session.initialize(this.name);
    const buffer = await OpenBuffer.open(this.#session, join(this.folder, file));
    this.open = { file, buffer };
  }

  /** Types behind some words that are in the text, letter by letter; "\b" takes one back. */
  async types(words, text) {
    const { buffer } = this.open;
    let written = words;
    for (const letter of text) {
      await this.#stage.keystroke();
      const lines = (await buffer.read()).split("\n");
      const line = lines.findIndex((each) => each.includes(written));
      if (line < 0) throw new Error(`"${written}" has gone from ${buffer.text}`);
      const before = lines[line].slice(0, lines[line].indexOf(written) + written.length);
      const column = Buffer.byteLength(before);
      if (letter === "\b") {
        buffer.edits([line, column - 1], [line, column], "");
        written = written.slice(0, -1);
      } else {
        buffer.types([line, column], letter);
        written += letter;
      }
    }
  }

  async saves() {
    const { file, buffer } = this.open;
    this.#stage.command(this, `saves ${file} and closes the editor`);
    writeFileSync(buffer.path, await buffer.read());
    buffer.saves();
    buffer.closes();
    this.open = null;
    await this.#session.call("shutdown");
    this.#session.says("exit");
    await this.#session.ended;
  }

  writes(file, text) {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  // What this person sees ------------------------------------------------------------------

  /** What `plait status` says of the folder. */
  async status() {
    const { out } = await this.#place.run("status");
    const lines = out.trimEnd().split("\n");
    const row = lines.find((line) => line.startsWith(this.folder));
    if (!row) return lines[0];
    const heading = lines.find((line) => line.startsWith("FOLDER"));
    return row.slice(heading.indexOf("STATE"), heading.indexOf("SYNCED")).trim();
  }

  /** The texts of all files: those in an editor as they are there, the others as on disk. */
  async texts() {
    const texts = new Map();
    for (const name of filesIn(this.folder)) {
      const text = unlessGone(() => readFileSync(join(this.folder, name), "utf8"));
      if (text !== undefined) texts.set(name, text);
    }
    if (this.open) texts.set(this.open.file, await this.open.buffer.read());
    return texts;
  }
}

/** What may go away at any moment: it is looked at while others work in it. */
function unlessGone(look) {
  try {
    return look();
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

/** Git's own, and what is there for a moment before it gets its name. */
const kNobodys = /^(\.git|\.plait-.*|sed\w{6})$/;

/** All files that somebody means to have in the folder, in order. */
function filesIn(folder, below = "") {
  const entries = unlessGone(() => readdirSync(folder, { withFileTypes: true })) ?? [];
  return entries
    .filter((entry) => !kNobodys.test(entry.name))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const name = below + entry.name;
      if (entry.isDirectory()) return filesIn(join(folder, entry.name), `${name}/`);
      return entry.isFile() ? [name] : [];
    });
}

/** Names of files that are not the same in both. */
export function differences(one, other) {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name)).sort();
}
