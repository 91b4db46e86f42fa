import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { OpenBuffer } from "../interop/daemon/buffer.mjs";
import { uriOf } from "../interop/daemon/together.mjs";

/** Windows of an editor give up when their daemon ends again and again; nobody waits for that. */
const kKillsOfWindow = 3;

/**
 * Somebody at a machine who types into one file, and whose programs write into another one.
 * Every character is another one, so that it is known of each whose it is.
 */
export class Typist {
  #editor;
  #buffer;
  #kills = 0;
  #isAway = false; // there is no window to type into
  #reading = Promise.resolve();
  #next;
  #chance;
  /** What was typed and has to be in the text, in its order. */
  typed = [];
  logged = "";

  constructor({ name, place, folder, file, line, first, savesOf1000, chance }) {
    Object.assign(this, { name, place, folder, file, line, first, savesOf1000 });
    this.#next = first;
    this.#chance = chance;
  }

  get text() {
    return this.#buffer.text;
  }
  read() {
    return this.#buffer.read();
  }
  wrote(character) {
    const code = character.codePointAt(0);
    return code >= this.first && code < this.first + kCharactersOfTypist;
  }
  /** Characters of this one's as they were numbered when they were typed: "0-17 12-20". */
  numbersOf(characters) {
    const runs = [];
    for (const character of characters) {
      const number = character.codePointAt(0) - this.first;
      if (runs.at(-1)?.[1] === number - 1) runs.at(-1)[1] = number;
      else runs.push([number, number]);
    }
    return runs.map(([from, to]) => `${from}-${to}`).join(" ");
  }
  /** They, in a text, in their order. */
  ownIn(text) {
    return Array.from(text).filter((character) => this.wrote(character));
  }

  /** A new window, with the file open: as it is on disk, or as it was in the window before. */
  async comes(text) {
    this.#kills = 0;
    this.#editor = this.place.editor();
    await this.#editor.initialize(this.name);
    await this.looksAtTheFolder();
    const unsaved = text === undefined ? {} : { text, modified: true };
    this.#buffer = await OpenBuffer.open(this.#editor, this.folder.at(this.file), unsaved);
    this.#isAway = false;
  }
  /** Which has the daemon try to reach the server now, if it waits before that. */
  async looksAtTheFolder() {
    await this.#editor.call("workspace/open", { folder: uriOf(this.folder.path) });
  }
  async reloadsTheWindow() {
    this.#isAway = true;
    await this.#reading;
    const text = await this.read();
    await this.#editor.call("shutdown");
    this.#editor.says("exit");
    await this.#editor.ended;
    await this.comes(text);
  }

  /** How the folder stands, as the editor is told. */
  async status() {
    const { workspaces } = await this.#editor.call("workspace/list");
    const { connection, pendingEdits } = workspaces[0];
    return `${this.name} is ${connection}, and ${pendingEdits} edits wait`;
  }

  /** A character at the end of this one's line. */
  types() {
    const character = String.fromCodePoint(this.#next++);
    const line = this.#buffer.text.split("\n")[this.line];
    this.#buffer.types([this.line, Buffer.byteLength(line)], character);
    this.typed.push(character);
  }
  /** For a while; what comes in between is read now and then. */
  async typesUntil(isOver) {
    for (; !isOver(); await sleep(this.#chance.between(1, 10))) {
      if (this.#isAway) continue;
      if (this.#chance.chance(this.savesOf1000 / 1000)) this.saves();
      this.types();
      if (this.#chance.chance(0.5)) await (this.#reading = this.read());
    }
  }
  saves() {
    writeFileSync(this.folder.at(this.file), this.text);
    this.#buffer.saves();
  }
  /** A program of this machine does, to a file that nobody has open. */
  logs() {
    const line = `${this.logged.length}\n`;
    appendFileSync(this.folder.at(this.log), line);
    this.logged += line;
  }
  get log() {
    return `${this.name}.log`;
  }

  async killsTheDaemon() {
    const pid = await this.place.daemon();
    if (pid) process.kill(pid, "SIGKILL");
    if (++this.#kills === kKillsOfWindow) await this.reloadsTheWindow();
  }
  /**
   * The power goes, and with it what was only in the window. What has to be there afterwards is
   * what the other one had seen, and what was saved here.
   */
  async losesPower(seenByOther) {
    this.#editor.kill();
    const pid = await this.place.daemon();
    if (pid) process.kill(pid, "SIGKILL");
    const saved = readFileSync(this.folder.at(this.file), "utf8");
    const certain = new Set(this.ownIn(seenByOther + saved));
    await this.comes();
    return { certain, maybe: this.typed };
  }
}

export const kCharactersOfTypist = 0x10000;
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
