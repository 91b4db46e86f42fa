import ywasm from "ywasm";

export const packageName = "ywasm";
export const usesWasm = true;

export function create(clientId, { updates = false } = {}) {
  const doc = new ywasm.YDoc({ clientID: clientId });
  const replica = { doc, text: doc.getText("content"), update: null, observer: null };
  if (updates) replica.observer = doc.onUpdate((update) => (replica.update = update));
  return replica;
}

export function edit(replica, position, deleted, inserted) {
  const { doc, text } = replica;
  // Without a transaction of ours each call makes its own; that is one crossing less.
  if (deleted === 0) return text.insert(position, inserted, undefined, undefined);
  if (inserted === "") return text.delete(position, deleted, undefined);
  const transaction = doc.beginTransaction();
  text.delete(position, deleted, transaction);
  text.insert(position, inserted, undefined, transaction);
  transaction.free();
}

export function transact(replica, body) {
  const { doc, text } = replica;
  const transaction = doc.beginTransaction();
  body((position, deleted, inserted) => {
    if (deleted > 0) text.delete(position, deleted, transaction);
    if (inserted !== "") text.insert(position, inserted, undefined, transaction);
  });
  transaction.free();
}

export function takeUpdate(replica) {
  return replica.update;
}

export function apply(replica, update) {
  ywasm.applyUpdate(replica.doc, update, undefined);
}

export function merge(replica, updates) {
  const transaction = replica.doc.beginTransaction();
  for (const update of updates) transaction.applyV1(update);
  transaction.free();
}

export function save(replica) {
  return ywasm.encodeStateAsUpdate(replica.doc);
}

export function load(bytes, clientId, options) {
  const replica = create(clientId, options);
  ywasm.applyUpdate(replica.doc, bytes, undefined);
  return replica;
}

export const wholeUpdate = save;

export function withClient(replica, clientId) {
  // A document keeps the id it was made with.
  const next = load(save(replica), clientId, { updates: replica.observer !== null });
  free(replica);
  return next;
}

export function length(replica) {
  return replica.text.length(undefined);
}

export function text(replica) {
  return replica.text.toString(undefined);
}

export function free(replica) {
  replica.observer?.free();
  replica.text.free();
  replica.doc.free();
}
