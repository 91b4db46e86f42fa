import * as Y from "yjs";
import { Unavailable } from "./script.mjs";
import {
  applyDelta,
  goodEdits,
  placesInDelta,
  sameJson,
  sameSnapshot,
  sameStateVector,
  sameText,
  sameUpdate,
  toBase64,
} from "./compare.mjs";

export const kText = "content";
/** The origin of this replica's own changes, which its undo manager follows. */
const kOwn = "own";
/** Encoded update without structs and deletes. */
const kNothing = "AAA=";

/**
 * One replica, twice: a real Y.Doc, and a document in the harness with the same client id.
 *
 * Every method does the same to both and adds to the script what the harness has to answer. A
 * replica that is not mirrored exists in Yjs only; it makes the changes the harness has no
 * commands for.
 *
 * Whether an undo manager is there shows in the encoding, since what it may bring back is not
 * collected. The harness has one from the first command on that is about undo, and then for all
 * that came before; so a replica that is to undo something says so at its start, and the Yjs side
 * has a manager exactly then, with a capture timeout that never ends.
 */
export class Mirror {
  /** Updates that the last operation made, for the peers. */
  made = [];
  #script;
  #delta = null;

  /**
   * @param {import("./script.mjs").Script} script
   * @param {{ name: string, client: number, gc?: boolean, mirrored?: boolean,
   *   undoes?: boolean }} options
   */
  constructor(script, { name, client, gc = true, mirrored = true, undoes = true }) {
    this.#script = script;
    this.name = name;
    this.gc = gc;
    this.mirrored = mirrored;
    this.ydoc = new Y.Doc({ gc });
    this.ydoc.clientID = client;
    this.client = client;
    this.text = this.ydoc.getText(kText);
    this.ydoc.on("update", (update, _origin, _doc, transaction) => {
      if (transaction.local) this.made.push(update);
    });
    // Reading a delta clears up formats as a side effect, so only plain text may be looked at.
    this.text.observe((event) => {
      this.#delta = this.isPlain() ? event.delta : null;
    });
    if (mirrored) {
      this.#send({ cmd: "new", client, gc });
      if (undoes && !script.lacks("undo")) {
        this.undoManager = new Y.UndoManager(this.text, {
          trackedOrigins: new Set([kOwn]),
          captureTimeout: Infinity,
        });
        this.stopCapturing();
      }
    }
  }

  get length() {
    return this.text.length;
  }

  /** True while the text has had neither formats nor embeds: then it is all that there is. */
  isPlain() {
    return !this.text._hasFormatting && this.text.length === this.text.toString().length;
  }

  // --- changes ---

  insert(index, content) {
    this.#change(() => this.text.insert(index, content));
    this.#sendEdit({ cmd: "insert", index, content });
  }

  /** The same in a root text of another name. */
  insertInto(root, index, content) {
    this.#change(() => this.ydoc.getText(root).insert(index, content));
    this.#sendEdit({ cmd: "insert", text: root, index, content });
  }

  delete(index, length) {
    this.#change(() => this.text.delete(index, length));
    this.#sendEdit({ cmd: "delete", index, length });
  }

  /** Any change through Yjs, for replicas that are not mirrored. */
  change(body) {
    if (this.mirrored) throw new Error("the harness cannot follow this");
    this.#change(body);
  }

  apply(update) {
    const before = this.mirrored && this.isPlain() ? this.text.toString() : null;
    this.#delta = null;
    this.made = [];
    Y.applyUpdate(this.ydoc, update, "remote");
    const after = before !== null && this.isPlain() ? this.text.toString() : null;
    const places = after === null ? null : this.#placesChanged(before, after);
    this.#send({ cmd: "apply", update: toBase64(update) }, ({ edits }) =>
      after === null ? null : goodEdits(before, after, places, edits),
    );
  }

  stopCapturing() {
    this.undoManager?.stopCapturing();
    this.#send({ cmd: "stopCapturing" });
  }

  undo() {
    this.#undoOrRedo("undo");
  }

  redo() {
    this.#undoOrRedo("redo");
  }

  // --- questions ---

  checkText(root) {
    const expected = (root === undefined ? this.text : this.ydoc.getText(root)).toString();
    this.#send({ cmd: "text", text: root }, ({ text }) => sameText(expected, text));
  }

  checkStateVector() {
    const expected = this.stateVector();
    this.#send({ cmd: "sv" }, ({ sv }) => sameStateVector(expected, sv));
  }

  /** The whole state, or what is new since a state vector. */
  checkEncoding(since) {
    const expected = Y.encodeStateAsUpdate(this.ydoc, since);
    const command =
      since === undefined ? { cmd: "encode" } : { cmd: "encode", sv: toBase64(since) };
    this.#send(command, ({ update }) => sameUpdate(expected, update));
  }

  checkPending() {
    const { pendingStructs, pendingDs } = this.ydoc.store;
    const expected = pendingStructs !== null || pendingDs !== null;
    this.#send({ cmd: "pending" }, ({ pending }) =>
      pending === expected ? null : `  expected pending ${expected}, got ${pending}`,
    );
  }

  checkInvariants() {
    this.#send({ cmd: "check" }, ({ ok }) => (ok === true ? null : `  expected ok, got ${ok}`));
  }

  /**
   * @param {Record<string, "text" | "map" | "array" | "xml">} types the roots to compare, by
   * kind
   */
  checkJson(types) {
    const expected = Object.fromEntries(
      Object.entries(types).map(([root, kind]) => [
        root,
        rootOf(this.ydoc, root, kind).toJSON(),
      ]),
    );
    this.#send({ cmd: "json", types }, ({ json }) => {
      for (const root of Object.keys(types)) {
        const difference = sameJson(expected[root], json?.[root], root);
        if (difference !== null) return difference;
      }
      return null;
    });
  }

  /** Everything that two equal documents have in common. */
  checkAll(types = { [kText]: "text" }) {
    this.checkText();
    this.checkStateVector();
    this.checkEncoding();
    this.checkPending();
    this.checkJson(types);
    this.checkInvariants();
  }

  /**
   * Creates a relative position, checks that both sides call it the same, and returns its JSON.
   */
  mark(index, assoc) {
    const position = Y.createRelativePositionFromTypeIndex(this.text, index, assoc);
    const expected = JSON.parse(JSON.stringify(Y.relativePositionToJSON(position)));
    const command =
      assoc === undefined ? { cmd: "relpos", index } : { cmd: "relpos", index, assoc };
    this.#send(command, ({ relpos }) => sameJson(expected, relpos, "relpos"));
    return expected;
  }

  /** Where a relative position is now, or null. */
  resolve(relpos) {
    const position = Y.createRelativePositionFromJSON(relpos);
    const expected =
      Y.createAbsolutePositionFromRelativePosition(position, this.ydoc)?.index ?? null;
    this.#send({ cmd: "abspos", relpos }, ({ index }) =>
      index === expected ? null : `  expected index ${expected}, got ${index}`,
    );
    return expected;
  }

  snapshot() {
    const expected = Y.encodeSnapshot(Y.snapshot(this.ydoc));
    this.#send({ cmd: "snapshot" }, ({ snapshot }) => sameSnapshot(expected, snapshot));
    return expected;
  }

  /** The text at a snapshot of this replica. Only without collection. */
  textAt(snapshot) {
    // Yjs splits items in the document it reads from, so it gets a copy.
    const copy = new Y.Doc({ gc: false });
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(this.ydoc));
    const then = Y.createDocFromSnapshot(copy, Y.decodeSnapshot(snapshot));
    const expected = then.getText(kText).toString();
    this.#send({ cmd: "textAt", snapshot: toBase64(snapshot) }, ({ text }) =>
      sameText(expected, text),
    );
    return expected;
  }

  /**
   * Line and column of an index: lines count from 0 and end with "\n", columns count from the
   * line's start. Only for plain text.
   */
  checkLineCol(index) {
    const before = this.text.toString().slice(0, index);
    const lineStart = before.lastIndexOf("\n") + 1;
    const column = before.slice(lineStart);
    const expected = {
      line: before.split("\n").length - 1,
      utf16: column.length,
      utf8: Buffer.byteLength(column),
      utf32: Array.from(column).length,
    };
    this.#send({ cmd: "lineCol", index }, ({ line, utf16, utf8, utf32 }) =>
      sameJson(expected, { line, utf16, utf8, utf32 }, "position"),
    );
  }

  stateVector() {
    return Y.encodeStateVector(this.ydoc);
  }

  state(since) {
    return Y.encodeStateAsUpdate(this.ydoc, since);
  }

  // --- inside ---

  #change(body) {
    this.made = [];
    this.ydoc.transact(body, kOwn);
  }

  #undoOrRedo(cmd) {
    if (this.undoManager === undefined) throw new Unavailable(cmd);
    this.made = [];
    const expected = this.undoManager[cmd]() !== null;
    const [made = null] = this.made;
    this.#send({ cmd }, ({ changed, update }) => {
      if (changed !== expected) return `  expected changed ${expected}, got ${changed}`;
      return sameOptionalUpdate(made, update);
    });
  }

  #sendEdit(command) {
    const [made = null] = this.made;
    this.#send(command, ({ update }) => sameOptionalUpdate(made, update));
  }

  #send(command, check) {
    if (!this.mirrored) return;
    const { cmd, ...rest } = command;
    this.#script.send({ cmd, doc: this.name, ...rest }, check);
  }

  /** In how many places Yjs says that the text changed, null when it does not say. */
  #placesChanged(before, after) {
    if (this.#delta === null) return before === after ? 0 : null;
    // A split surrogate pair changes text without an event.
    return applyDelta(before, this.#delta) === after ? placesInDelta(this.#delta) : null;
  }
}

function sameOptionalUpdate(expected, actual) {
  if (expected !== null) return sameUpdate(expected, actual);
  if (actual === undefined || actual === null || actual === kNothing) return null;
  return `  expected no update, got ${actual}`;
}

/** The root type of that name, declared as what it is. */
export function rootOf(ydoc, root, kind) {
  switch (kind) {
    case "text":
      return ydoc.getText(root);
    case "map":
      return ydoc.getMap(root);
    case "array":
      return ydoc.getArray(root);
    case "xml":
      return ydoc.getXmlFragment(root);
    default:
      throw new Error(`no such kind of root: ${kind}`);
  }
}
