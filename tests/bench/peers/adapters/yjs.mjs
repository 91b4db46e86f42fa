import * as Y from "yjs";

export const packageName = "yjs";
export const usesWasm = false;

export function create(clientId, { updates = false } = {}) {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  const replica = { doc, text: doc.getText("content"), update: null };
  // Yjs encodes an update for each transaction only while somebody listens.
  if (updates) doc.on("update", (update) => (replica.update = update));
  return replica;
}

export function edit(replica, position, deleted, inserted) {
  const { doc, text } = replica;
  doc.transact(() => {
    if (deleted > 0) text.delete(position, deleted);
    if (inserted !== "") text.insert(position, inserted);
  });
}

export function transact(replica, body) {
  const { doc, text } = replica;
  doc.transact(() =>
    body((position, deleted, inserted) => {
      if (deleted > 0) text.delete(position, deleted);
      if (inserted !== "") text.insert(position, inserted);
    }),
  );
}

export function takeUpdate(replica) {
  return replica.update;
}

export function apply(replica, update) {
  Y.applyUpdate(replica.doc, update);
}

export function merge(replica, updates) {
  replica.doc.transact(() => {
    for (const update of updates) Y.applyUpdate(replica.doc, update);
  });
}

export function save(replica) {
  return Y.encodeStateAsUpdate(replica.doc);
}

export function load(bytes, clientId, options) {
  const replica = create(clientId, options);
  Y.applyUpdate(replica.doc, bytes);
  return replica;
}

export const wholeUpdate = save;

export function withClient(replica, clientId) {
  replica.doc.clientID = clientId;
  return replica;
}

export function length(replica) {
  return replica.text.length;
}

export function text(replica) {
  return replica.text.toString();
}

export function free(replica) {
  replica.doc.destroy();
}
