import { LoroDoc } from "loro-crdt";

export const packageName = "loro-crdt";
export const usesWasm = true;

function wrap(doc, clientId, updates) {
  doc.setPeerId(clientId);
  const replica = { doc, text: doc.getText("content"), update: null };
  if (updates) doc.subscribeLocalUpdates((update) => (replica.update = update));
  return replica;
}

export function create(clientId, { updates = false } = {}) {
  return wrap(new LoroDoc(), clientId, updates);
}

export function edit(replica, position, deleted, inserted) {
  const { doc, text } = replica;
  if (deleted > 0) text.delete(position, deleted);
  if (inserted !== "") text.insert(position, inserted);
  doc.commit();
}

export function transact(replica, body) {
  const { doc, text } = replica;
  body((position, deleted, inserted) => {
    if (deleted > 0) text.delete(position, deleted);
    if (inserted !== "") text.insert(position, inserted);
  });
  doc.commit();
}

export function takeUpdate(replica) {
  return replica.update;
}

export function apply(replica, update) {
  replica.doc.import(update);
}

export function merge(replica, updates) {
  replica.doc.importBatch(updates);
}

export function save(replica) {
  return replica.doc.export({ mode: "snapshot" });
}

export function load(bytes, clientId, { updates = false } = {}) {
  const doc = new LoroDoc();
  doc.import(bytes);
  return wrap(doc, clientId, updates);
}

export function wholeUpdate(replica) {
  return replica.doc.export({ mode: "update" });
}

export function withClient(replica, clientId) {
  replica.doc.setPeerId(clientId);
  return replica;
}

export function length(replica) {
  return replica.text.length;
}

export function text(replica) {
  return replica.text.toString();
}

export function free(replica) {
  replica.text.free();
  replica.doc.free();
}
