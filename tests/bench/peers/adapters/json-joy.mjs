import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { Model } = require("json-joy/lib/json-crdt");
const { Delta } = require("json-joy/lib/json-crdt/delta/Delta");
const { Patch, s } = require("json-joy/lib/json-crdt-patch");

export const packageName = "json-joy";
export const usesWasm = false;

// Session ids below 65,536 are reserved.
const kFirstSession = 65_536;

function wrap(model) {
  return { model, str: model.api.str([]), patch: null };
}

// The schema's string has the same id in every replica, so they share a root.
export function create(clientId) {
  const replica = wrap(Model.create(s.str(""), kFirstSession + clientId));
  replica.model.api.flush(); // or the first update would bring the schema along
  return replica;
}

export function edit(replica, position, deleted, inserted) {
  const { model, str } = replica;
  if (deleted > 0) str.del(position, deleted);
  if (inserted !== "") str.ins(position, inserted);
  replica.patch = model.api.flush();
}

export function transact(replica, body) {
  const { model, str } = replica;
  body((position, deleted, inserted) => {
    if (deleted > 0) str.del(position, deleted);
    if (inserted !== "") str.ins(position, inserted);
  });
  replica.patch = model.api.flush();
}

export function takeUpdate(replica) {
  return replica.patch.toBinary();
}

export function apply(replica, update) {
  replica.model.applyPatch(Patch.fromBinary(update));
}

export function merge(replica, updates) {
  replica.model.applyBatch(updates.map((update) => Patch.fromBinary(update)));
}

export function save(replica) {
  return replica.model.toBinary();
}

export function load(bytes, clientId) {
  return wrap(Model.load(bytes, kFirstSession + clientId));
}

export function wholeUpdate(replica) {
  const nothing = create(0);
  return replica.model.delta(nothing.model.clock).toBinary();
}

export function applyWhole(replica, update) {
  replica.model.applyDelta(Delta.from(update));
}

export function withClient(replica, clientId) {
  replica.model.setSid(kFirstSession + clientId);
  return replica;
}

export function length(replica) {
  return replica.str.length();
}

export function text(replica) {
  return replica.model.view();
}

export function free() {}
