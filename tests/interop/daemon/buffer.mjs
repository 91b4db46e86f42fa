import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { until } from "./place.mjs";

const kDaemonEnded = -32003;

/** The bytes of a text, and where a place with UTF-8 columns is in them. */
function offset(bytes, { line, character }) {
  let start = 0;
  for (let i = 0; i < line; i++) start = bytes.indexOf(10, start) + 1;
  return start + character;
}

function changed(text, { range, text: inserted }) {
  const bytes = Buffer.from(text);
  return Buffer.concat([
    bytes.subarray(0, offset(bytes, range.start)),
    Buffer.from(inserted),
    bytes.subarray(offset(bytes, range.end)),
  ]).toString();
}

/**
 * A file that is open in an editor which keeps to the protocol: it counts, drops what it has to
 * drop, answers `verify`, and reads anew when it is told to.
 */
export class OpenBuffer {
  #editor;
  #heard = 0;
  #resync = Promise.resolve();
  #isWaiting = false;
  #hasChanged = false;
  uri;
  text;
  /** Hashes that were equal to the daemon's, and that were not. */
  verified = 0;
  differed = 0;

  constructor(editor, path) {
    this.#editor = editor;
    this.path = path;
    this.uri = pathToFileURL(path).href;
  }

  static async open(editor, path, { text, modified = false } = {}) {
    const buffer = new OpenBuffer(editor, path);
    buffer.text = text ?? readFileSync(path, "utf8").replaceAll("\r\n", "\n");
    await buffer.#begin("document/open", { modified });
    return buffer;
  }

  /** Says what it holds, until that is answered before somebody has typed again. */
  async #begin(method, more = {}) {
    this.#isWaiting = true;
    this.#hasChanged = false;
    const { uri, text } = this;
    const id = this.#editor.asks(method, { uri, text, ...more });
    const { result, error } = await this.#editor.answer(id);
    this.#isWaiting = false;
    // What came before the answer was about the epoch before.
    this.#heard = this.#editor.heard.findIndex((message) => message.id === id) + 1;
    // The daemon went before it answered: the next one is asked.
    const isLost = error?.code === kDaemonEnded;
    if (error && !isLost) throw Object.assign(new Error(error.message), error);
    if (isLost || this.#hasChanged) return this.#begin("document/resync", this.#applied);
    this.epoch = result.epoch;
    this.readOnly = result.readOnly;
    this.rev = 0;
    this.seq = 0;
    if (result.text !== undefined) this.text = result.text;
  }

  get #applied() {
    const { epoch, seq } = this;
    return { epoch, seq };
  }

  /** Looks at what the daemon has said meanwhile. */
  async read() {
    await this.#resync;
    const { heard } = this.#editor;
    while (this.#heard < heard.length) {
      const { method, params } = heard[this.#heard++];
      if (params?.uri !== this.uri) continue;
      const isOurs = params.epoch === this.epoch;
      if (method === "document/apply" && isOurs) {
        if (params.rev !== this.rev || params.seq !== this.seq + 1) continue;
        this.seq++;
        for (const edit of params.edits) this.text = changed(this.text, edit);
      } else if (method === "document/verify" && isOurs) {
        if (params.rev !== this.rev || params.seq !== this.seq) continue;
        const hash = createHash("sha256").update(this.text).digest("hex");
        if (hash === params.sha256) {
          this.verified++;
          continue;
        }
        this.differed++;
        await this.#resyncs();
      } else if (method === "document/stale") {
        await this.#resyncs();
      }
    }
    return this.text;
  }
  #resyncs() {
    this.#resync = this.#begin("document/resync", this.#applied);
    return this.#resync;
  }

  /** Puts a text in the place of what lies between two places, [line, column] in bytes. */
  edits([line, character], [endLine, endCharacter], text) {
    const start = { line, character };
    const range = { start, end: { line: endLine, character: endCharacter } };
    this.text = changed(this.text, { range, text });
    // Nobody knows yet what the counters are. It is in what is said next.
    this.#hasChanged = true;
    if (this.#isWaiting) return;
    const { uri, epoch, seq } = this;
    const edits = [{ range, text }];
    this.#editor.says("document/edit", { uri, epoch, rev: ++this.rev, seq, edits });
  }
  types(at, text) {
    this.edits(at, at, text);
  }

  async becomes(text, what = "the text arrives") {
    const wanted = typeof text === "function" ? text : (now) => now === text;
    await until(async () => wanted(await this.read()), `${what}: ${JSON.stringify(this.text)}`);
  }
  undo() {
    return this.#editor.call("document/undo", { uri: this.uri });
  }
  saves() {
    this.#editor.says("document/save", { uri: this.uri, ...this.#applied });
  }
  closes() {
    this.#editor.says("document/close", { uri: this.uri });
  }
}
