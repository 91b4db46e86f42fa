import * as Automerge from "@automerge/automerge";

export const packageName = "@automerge/automerge";
export const usesWasm = true;

function actor(clientId) {
  return clientId.toString(16).padStart(32, "0");
}

// Every replica starts from one change that makes the text, since texts made apart are two.
const kRoot = Automerge.save(
  Automerge.change(Automerge.init({ actor: actor(0xfffff) }), { time: 0 }, (doc) => {
    doc.content = "";
  }),
);

export function create(clientId) {
  return load(kRoot, clientId);
}

export function edit(replica, position, deleted, inserted) {
  replica.doc = Automerge.change(replica.doc, (doc) => {
    Automerge.splice(doc, ["content"], position, deleted, inserted);
  });
}

export function transact(replica, body) {
  replica.doc = Automerge.change(replica.doc, (doc) => {
    body((position, deleted, inserted) => {
      Automerge.splice(doc, ["content"], position, deleted, inserted);
    });
  });
}

export function takeUpdate(replica) {
  return Automerge.getLastLocalChange(replica.doc);
}

export function apply(replica, update) {
  [replica.doc] = Automerge.applyChanges(replica.doc, [update]);
}

export function merge(replica, updates) {
  [replica.doc] = Automerge.applyChanges(replica.doc, updates);
}

export function save(replica) {
  return Automerge.save(replica.doc);
}

export function load(bytes, clientId) {
  return { doc: Automerge.load(bytes, { actor: actor(clientId) }) };
}

export const wholeUpdate = save;

export function applyWhole(replica, update) {
  replica.doc = Automerge.loadIncremental(replica.doc, update);
}

export function withClient(replica, clientId) {
  const doc = Automerge.clone(replica.doc, { actor: actor(clientId) });
  Automerge.free(replica.doc);
  return { doc };
}

export function length(replica) {
  return replica.doc.content.length;
}

export function text(replica) {
  return replica.doc.content;
}

export function free(replica) {
  Automerge.free(replica.doc);
}
