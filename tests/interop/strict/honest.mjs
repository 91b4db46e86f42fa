import * as Y from "yjs";
import { snippet } from "../lib/alphabet.mjs";

/**
 * What an honest person sends who has the given state and types on top of it, under a leased
 * id. The server has to accept it.
 */
export function honestUpdate(random, state, client) {
  const ydoc = new Y.Doc();
  Y.applyUpdate(ydoc, state);
  ydoc.clientID = client; // not before: Yjs would draw another id when it finds it in the state
  const text = ydoc.getText("content");
  const before = Y.encodeStateVector(ydoc);
  let made = null;
  ydoc.on("update", (update) => (made = update));
  ydoc.transact(() => {
    for (
      let i = random.weighted([
        [6, 1],
        [2, 3],
      ]);
      i > 0;
      i--
    )
      change(random, text);
  });
  return made ?? Y.encodeStateAsUpdate(ydoc, before);
}

function change(random, text) {
  const at = random.between(0, text.length);
  if (at < text.length && random.chance(0.4)) {
    text.delete(at, Math.min(random.between(1, 6), text.length - at));
  } else {
    text.insert(at, snippet(random));
  }
}
