import * as Y from "yjs";
import { snippet, sourceFile } from "../lib/alphabet.mjs";
import { kText, rootOf } from "../lib/mirror.mjs";
import { kTreeRoots, richEdit, treeEdit } from "../lib/structures.mjs";

/**
 * Somebody honest who edits, undoes, is offline for a while, and sends what was not acknowledged
 * again. Updates leave in the forms that providers use: one by one, merged, or as what the server
 * lacks.
 */
export class Person {
  /** Updates that the server has not acknowledged. */
  #outbox = [];
  /** Some of those that it has. */
  #delivered = [];
  #random;
  #undo;

  /**
   * @param {import("../lib/random.mjs").Random} random
   * @param {number} client
   * @param {boolean} any whether to make other things than text
   */
  constructor(random, client, any) {
    this.#random = random;
    this.any = any;
    this.ydoc = new Y.Doc();
    this.ydoc.clientID = client;
    this.text = this.ydoc.getText(kText);
    const roots = Object.entries(any ? kTreeRoots : { [kText]: "text" });
    this.#undo = new Y.UndoManager(
      roots.map(([root, kind]) => rootOf(this.ydoc, root, kind)),
      { captureTimeout: Infinity },
    );
    this.ydoc.on("update", (update, origin) => {
      if (origin !== "server") this.#outbox.push(update);
    });
  }

  /** For the edits in lib/structures.mjs. */
  change(body) {
    this.ydoc.transact(body);
  }

  act() {
    const random = this.#random;
    random.weighted([
      [12, () => this.#edit()],
      [2, () => this.#undo.undo()],
      [1, () => this.#undo.redo()],
      [3, () => this.#undo.stopCapturing()],
    ])();
  }

  #edit() {
    const random = this.#random;
    if (this.any && random.chance(0.7)) {
      if (random.chance(0.4)) richEdit(this, random);
      else treeEdit(this, random);
      return;
    }
    const { text } = this;
    const at = random.between(0, text.length);
    if (at < text.length && random.chance(0.4)) {
      text.delete(at, Math.min(random.between(1, 9), text.length - at));
    } else if (random.chance(0.02)) {
      text.insert(at, sourceFile(random, 3000));
    } else {
      text.insert(at, snippet(random));
    }
  }

  /**
   * What goes to the server now. `receive` is for the answers, which may be lost.
   *
   * @param {Uint8Array} serverVector
   * @returns {Uint8Array[]}
   */
  send(serverVector) {
    const random = this.#random;
    const outbox = this.#outbox;
    if (outbox.length === 0) return [];
    const again = random.chance(0.2) ? this.#delivered.slice(-random.between(1, 3)) : [];
    const updates = random.weighted([
      [3, () => [...again, ...outbox]],
      [3, () => [Y.mergeUpdates([...again, ...outbox])]],
      [2, () => [...again, Y.encodeStateAsUpdate(this.ydoc, serverVector)]],
    ])();
    if (!random.chance(0.2)) this.#delivered.push(...outbox.splice(0));
    return updates;
  }

  receive(state) {
    Y.applyUpdate(this.ydoc, state, "server");
  }
}

/** Whether an update has structs that say nothing but that something was collected. */
export const hasCollected = (update) =>
  Y.decodeUpdate(update).structs.some((struct) => struct instanceof Y.GC);
